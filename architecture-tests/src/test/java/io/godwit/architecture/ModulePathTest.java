package io.godwit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A modular program ({@code src/test/module-path}) that uses all published modules compiles against the module path, starts, and
 * sends itself a message. {@code ./mvnw verify} puts the built jars there, {@code ./mvnw test} the folders with the classes.
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
        String modulePath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(element -> LEFT_OUT.stream().noneMatch(part -> element.contains(part)))
                .filter(element -> new File(element).exists())
                .collect(Collectors.joining(File.pathSeparator));
        List<String> sources = Codebase.files(Path.of("src/test/module-path"), ".java")
                .map(Path::toString)
                .toList();
        Path classes = folder.resolve("classes");

        String compiled = run(Stream.concat(
                        Stream.of("javac", "-proc:none", "-p", modulePath, "-d", classes.toString()), sources.stream())
                .toList());
        assertThat(compiled).isEmpty();

        String output = run(List.of(
                "java",
                "-p",
                modulePath + File.pathSeparator + classes,
                "-m",
                "smoke/smoke.Smoke",
                folder.resolve("state").toString()));
        assertThat(output).contains("smoke received: it works");
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

    private String run(List<String> command) throws IOException, InterruptedException {
        Path tool = Path.of(System.getProperty("java.home"), "bin", command.get(0));
        Path output = folder.resolve(command.get(0) + ".out");
        Process process = new ProcessBuilder(Stream.concat(
                                Stream.of(tool.toString()), command.stream().skip(1))
                        .toList())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS))
                    .as(command.get(0) + " ends")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        return Files.readString(output);
    }
}
