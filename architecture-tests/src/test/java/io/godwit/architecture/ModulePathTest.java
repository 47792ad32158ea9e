package io.godwit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A modular program ({@code src/test/module-path}) that uses all published modules compiles against the module path, starts, and
 * sends itself a message; so does an image of the client and the broker that jlink makes. {@code ./mvnw verify} puts the built jars there, {@code ./mvnw test} the folders with the classes.
 */
class ModulePathTest {
    /** Parts of the paths of what the class path has for the other tests, and the published modules do not need. */
    private static final List<String> LEFT_OUT = List.of(
            "test-classes",
            "archunit",
            "junit",
            "assertj",
            "awaitility",
            "hamcrest",
            "godwit-cli-",
            "cli/target",
            "godwit-simulation-",
            "simulation/target",
            "jline",
            "picocli",
            "progressbar",
            "HdrHistogram");

    @TempDir
    private Path folder;

    @Test
    void a_modular_program_publishes_and_receives() throws Exception {
        Path classes = compile("src/test/module-path");

        String output = run(
                tool("java"),
                "-p",
                modulePath() + File.pathSeparator + classes,
                "-m",
                "smoke/smoke.Smoke",
                folder.resolve("state").toString());

        assertThat(output).contains("smoke received: it works");
    }

    @Test
    void an_image_that_jlink_has_made_publishes_and_receives() throws Exception {
        Path classes = compile("src/test/jlink");
        Path image = folder.resolve("image");

        run(
                tool("jlink"),
                "-p",
                modulePath() + File.pathSeparator + classes,
                "--add-modules",
                "image",
                "--no-header-files",
                "--no-man-pages",
                "--output",
                image.toString());

        assertThat(run(image.resolve("bin/java"), "-m", "image/image.Main")).contains("image received: it works");
    }

    private static String modulePath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(element -> LEFT_OUT.stream().noneMatch(part -> element.contains(part)))
                .filter(element -> new File(element).exists())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private Path compile(String module) throws Exception {
        Path classes = folder.resolve("classes");
        List<String> command = new ArrayList<>(List.of("-proc:none", "-p", modulePath(), "-d", classes.toString()));
        Codebase.files(Path.of(module), ".java").map(Path::toString).forEach(command::add);
        assertThat(run(tool("javac"), command.toArray(String[]::new))).isEmpty();
        return classes;
    }

    @Test
    void all_published_modules_are_resolved() throws Exception {
        String required = Files.readString(Path.of("src/test/module-path/module-info.java"));
        assertThat(Codebase.PUBLISHED)
                .filteredOn(module -> !module.equals("protocol") && !module.equals("codec")) // come with the client
                .allMatch(module -> required.contains("requires " + nameOf(module) + ";"));
    }

    private static String nameOf(String module) {
        String descriptor = Codebase.read(Codebase.ROOT.resolve(module).resolve("src/main/java/module-info.java"));
        return descriptor.replaceAll("(?s).*\\bmodule ([\\w.]+) \\{.*", "$1");
    }

    private static Path tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name);
    }

    private String run(Path tool, String... arguments) throws IOException, InterruptedException {
        Path output = folder.resolve(tool.getFileName() + ".out");
        Process process = new ProcessBuilder(Stream.concat(Stream.of(tool.toString()), Stream.of(arguments))
                        .toList())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(tool + " ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        return Files.readString(output);
    }
}
