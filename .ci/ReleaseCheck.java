import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Checks a repository that release-dry-run has filled: what Maven Central asks for, and what users expect in a jar. */
public final class ReleaseCheck {
    private static final List<String> POM = List.of(
            "<name>", "<description>", "<url>", "<license>", "<developer>", "<scm", "<connection>", "<version>");
    private static final Pattern MANAGED =
            Pattern.compile("<groupId>io\\.godwit</groupId>\\s*<artifactId>([\\w-]+)</artifactId>");

    private final List<String> problems = new ArrayList<>();

    public static void main(String[] arguments) throws IOException {
        Path group = Path.of(arguments[0], "io/godwit");
        ReleaseCheck check = new ReleaseCheck();
        Set<String> expected = new TreeSet<>(Set.of("godwit-bom"));
        Matcher managed = MANAGED.matcher(Files.readString(Path.of("bom/pom.xml")));
        while (managed.find()) {
            expected.add(managed.group(1));
        }
        expected.remove("godwit-parent");
        Set<String> found = new TreeSet<>();
        try (Stream<Path> artifacts = Files.list(group)) {
            artifacts.filter(Files::isDirectory).forEach(artifact -> found.add(artifact.getFileName().toString()));
        }
        if (!found.equals(expected)) {
            check.problems.add("published are " + found + ", the BOM names " + expected);
        }
        for (String artifact : found) {
            check.artifact(artifact, group.resolve(artifact));
        }
        check.problems.forEach(problem -> System.err.println("release check: " + problem));
        System.out.println(found.size() + " artifacts checked, " + check.problems.size() + " problems");
        System.exit(check.problems.isEmpty() ? 0 : 1);
    }

    private void artifact(String name, Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        Path pom = one(name, files, "\\.pom");
        if (pom != null) {
            pom(name, Files.readString(pom));
        }
        if (name.equals("godwit-bom")) {
            return;
        }
        jar(name, one(name, files, "(?<!-sources|-javadoc)\\.jar"), true);
        jar(name + " sources", one(name, files, "-sources\\.jar"), false);
        jar(name + " javadoc", one(name, files, "-javadoc\\.jar"), false);
        one(name, files, "-cyclonedx\\.json");
    }

    private Path one(String name, List<Path> files, String suffix) {
        Pattern pattern = Pattern.compile(".*" + suffix);
        List<Path> matching = files.stream()
                .filter(file -> pattern.matcher(file.getFileName().toString()).matches())
                .toList();
        if (matching.isEmpty()) {
            problems.add(name + " has no file " + suffix);
            return null;
        }
        return matching.get(matching.size() - 1);
    }

    private void pom(String name, String text) {
        POM.stream().filter(element -> !text.contains(element)).forEach(element ->
                problems.add("the pom of " + name + " has no " + element));
        if (text.contains("/" + name + "</url>")) {
            problems.add("the pom of " + name + " has an address that ends with its name");
        }
        if (text.contains("<parent>")) {
            problems.add("the pom of " + name + " has a parent, which is not published");
        }
        if (text.replace("${project.version}", "").contains("${") || text.contains("<scope>test</scope>")) {
            problems.add("the pom of " + name + " is not flattened");
        }
    }

    private void jar(String name, Path file, boolean classes) throws IOException {
        if (file == null) {
            return;
        }
        try (JarFile jar = new JarFile(file.toFile())) {
            for (String entry : List.of("META-INF/LICENSE", "META-INF/NOTICE")) {
                if (jar.getEntry(entry) == null) {
                    problems.add(name + " has no " + entry);
                }
            }
            if (!classes) {
                return;
            }
            Manifest manifest = jar.getManifest();
            for (String header : List.of("Bundle-SymbolicName", "Bundle-Version", "Export-Package")) {
                if (manifest.getMainAttributes().getValue(header) == null) {
                    problems.add("the manifest of " + name + " has no " + header);
                }
            }
            String module = ModuleFinder.of(file).findAll().iterator().next().descriptor().name();
            if (!module.startsWith("io.godwit.")) {
                problems.add(name + " has neither a module-info nor an Automatic-Module-Name: it would be " + module);
            }
            jar.stream()
                    .map(entry -> entry.getName())
                    .filter(entry -> entry.endsWith(".class") && !entry.startsWith("io/godwit/"))
                    .filter(entry -> !entry.equals("module-info.class"))
                    .forEach(entry -> problems.add(name + " contains " + entry));
        }
    }
}
