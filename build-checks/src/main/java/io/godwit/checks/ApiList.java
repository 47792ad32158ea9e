package io.godwit.checks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compares the public API of a module with the list of it that is checked in as {@code api.txt} beside the module's pom, so
 * that no change to it goes by unseen: a reviewer reads it in the diff. The API is what the packages that {@code module-info}
 * exports to everybody hold that is public or protected.
 */
public final class ApiList {
    private static final String HEADER =
            "# What this module promises to its users. Made by the build; see CONTRIBUTING.md.";
    private static final int SHOWN = 60;

    private ApiList() {}

    /**
     * Fails when the API of the module in {@code folder} is not the listed one; with {@code -Dapi.update} writes the list instead.
     *
     * @param folder the module's folder, which holds {@code api.txt}; the classes lie where the build says ({@code classes.folder})
     */
    public static void check(Path folder) {
        boolean update = System.getProperty("api.update") != null;
        if (System.getProperty("fast") != null && !update) {
            return;
        }
        try {
            List<String> found = render(Path.of(System.getProperty("classes.folder", "target/classes")));
            Path list = folder.resolve("api.txt");
            List<String> listed = Files.exists(list) ? Files.readAllLines(list) : List.of();
            if (found.equals(listed)) {
                return;
            }
            if (update) {
                Files.write(list, found);
                return;
            }
            throw new AssertionError(error(folder, found, listed));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines of the list: a heading per package, below it one line per type and member, sorted. */
    static List<String> render(Path classes) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String exported : exportedPackages(classes)) {
            Path folder = classes.resolve(exported.replace('.', '/'));
            Set<String> members = new TreeSet<>();
            for (String type : classNames(folder)) {
                members.addAll(ApiOfType.lines(load(exported + "." + type)));
            }
            if (!members.isEmpty()) {
                if (lines.isEmpty()) {
                    lines.add(HEADER);
                }
                lines.add("");
                lines.add("package " + exported);
                lines.addAll(members);
            }
        }
        return lines;
    }

    private static Set<String> exportedPackages(Path classes) throws IOException {
        @Nullable ModuleDescriptor module = descriptor(classes.resolve("module-info.class"));
        if (module == null) {
            return Set.of();
        }
        return module.exports().stream()
                .filter(exports -> !exports.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static @Nullable ModuleDescriptor descriptor(Path file) throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return ModuleDescriptor.read(in);
        }
    }

    private static List<String> classNames(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.equals("package-info.class"))
                    .map(name -> name.substring(0, name.length() - ".class".length()))
                    .toList();
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, ApiList.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(name + " was compiled but is not on the class path of this test", e);
        }
    }

    private static String error(Path folder, List<String> found, List<String> listed) {
        List<String> changes = Stream.concat(
                        listed.stream().filter(line -> !found.contains(line)).map(line -> "  - " + line),
                        found.stream().filter(line -> !listed.contains(line)).map(line -> "  + " + line))
                .toList();
        String module = String.valueOf(folder.toAbsolutePath().normalize().getFileName());
        String shown = changes.stream().limit(SHOWN).collect(Collectors.joining("\n"));
        String rest = changes.size() > SHOWN ? "\n  ... and " + (changes.size() - SHOWN) + " more" : "";
        return "The public API is not what " + module + "/api.txt lists:\n" + shown + rest
                + "\nIf this is meant, regenerate the list and commit it with the change:\n"
                + "  ./mvnw -q -Dfast test -pl " + module + " -am -Dtest=ApiTest -Dapi.update\n";
    }
}
