package io.godwit.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files and compiled classes that the rules of this module look at. */
final class Codebase {
    /** The root of the repository. */
    static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    /** What is published: a program may depend on these modules. */
    static final List<String> PUBLISHED = List.of(
            "protocol",
            "codec",
            "client",
            "store",
            "broker",
            "testkit",
            "nodemcu",
            "nodemcu-lua",
            "integrations/micrometer",
            "integrations/opentelemetry",
            "integrations/streams");

    private Codebase() {}

    /** The production classes of all modules on the class path. */
    static JavaClasses production() {
        return Production.CLASSES;
    }

    /** The test classes of all modules that have been compiled by this build. */
    static JavaClasses tests() {
        return new ClassFileImporter()
                .importPaths(modules()
                        .map(module ->
                                ROOT.resolve(module).resolve(buildFolder()).resolve("test-classes"))
                        .filter(Files::isDirectory)
                        .toList());
    }

    /** The folders with a pom of their own, as in {@code benchmarks/harness}. */
    static Stream<String> modules() {
        try (Stream<Path> files = Files.walk(ROOT, 3)) {
            return files
                    .filter(file -> file.endsWith("pom.xml"))
                    .map(file -> ROOT.relativize(file.getParent()).toString())
                    .filter(module -> !module.isEmpty())
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The Java sources below {@code src/main/java} or {@code src/test/java} of each module. */
    static List<Path> sources(String folder) {
        return modules()
                .map(module -> ROOT.resolve(module).resolve(folder))
                .filter(Files::isDirectory)
                .flatMap(sources -> files(sources, ".java"))
                .toList();
    }

    static Stream<Path> files(Path folder, String suffix) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String relative(Path file) {
        return ROOT.relativize(file).toString().replace('\\', '/');
    }

    /** The class in whose file {@code type} is declared. */
    static JavaClass outermost(JavaClass type) {
        JavaClass outer = type;
        while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().get();
        }
        return outer;
    }

    /** {@code target}, or {@code target/fast} in a build with {@code -Dfast}. */
    private static Path buildFolder() {
        Path classes = Path.of(System.getProperty("classes.folder", "target/classes"));
        return ROOT.resolve("architecture-tests")
                .relativize(classes.toAbsolutePath().getParent());
    }

    private static final class Production {
        static final JavaClasses CLASSES = new ClassFileImporter()
                .withImportOption(location -> !location.contains("/test-classes/"))
                .importPackages("io.godwit");
    }
}
