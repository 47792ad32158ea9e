import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Builds the page of {@code godwit web}: installs the npm packages that package-lock.json pins into the build folder, and lets esbuild
 * bundle the page into the classes folder. Maven starts it as a single source file. It does nothing when nothing has changed.
 *
 * <p>Arguments: the page's sources, a folder to work in, the folder to write to, and what to do: {@code auto} leaves the page out, with a
 * warning, on a machine without Node.js; {@code required} fails there; {@code skip} leaves it out.
 */
final class BuildPage {
    private static final int OLDEST_NODE = 18;
    private static final boolean WINDOWS =
            System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");

    private final Path sources;
    private final Path work;
    private final Path output;

    private BuildPage(Path sources, Path work, Path output) {
        this.sources = sources;
        this.work = work;
        this.output = output;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length != 4 || !List.of("auto", "required", "skip").contains(args[3])) {
            fail("usage: BuildPage SOURCES WORK OUTPUT auto|required|skip");
        }
        BuildPage build = new BuildPage(
                Path.of(args[0]).toAbsolutePath(),
                Path.of(args[1]).toAbsolutePath(),
                Path.of(args[2]).toAbsolutePath());
        String missing = args[3].equals("skip") ? "of the option -Dpage=skip" : build.missing();
        if (missing == null) {
            build.build();
        } else if (args[3].equals("required")) {
            fail("cannot build the page of godwit web: " + missing + ".");
        } else {
            build.leaveOut(missing);
        }
    }

    /** What this machine lacks to build the page, or null. */
    private String missing() throws InterruptedException {
        String node = versionOf("node");
        if (node == null) {
            return "Node.js was not found: install nodejs, version " + OLDEST_NODE + " or newer, and npm";
        }
        Matcher major = Pattern.compile("v(\\d+)\\..*").matcher(node);
        if (!major.matches() || Integer.parseInt(major.group(1)) < OLDEST_NODE) {
            return "Node.js is " + node + ": version " + OLDEST_NODE + " or newer is needed";
        }
        return versionOf(npm()) == null ? "npm was not found: install it" : null;
    }

    private void build() throws IOException, InterruptedException {
        String lock = digestOf(List.of(sources.resolve("package-lock.json")));
        String all = digestOf(files(sources));
        Path stamp = work.resolve("built");
        if (Files.exists(output.resolve("app.js")) && read(stamp).equals(all)) {
            return;
        }
        Files.createDirectories(work);
        Files.deleteIfExists(stamp);
        install(lock);
        clean();
        if (run("node", sources.resolve("build.mjs").toString(), work.toString(), output.toString()) != 0) {
            fail("the page of godwit web does not build; see above.");
        }
        Files.writeString(stamp, all);
    }

    /** Fetches the pinned packages, unless they are there. Scripts of packages never run. */
    private void install(String lock) throws IOException, InterruptedException {
        Path stamp = work.resolve("installed");
        if (read(stamp).equals(lock)) {
            return;
        }
        Files.deleteIfExists(stamp);
        for (String name : List.of("package.json", "package-lock.json")) {
            Files.writeString(work.resolve(name), Files.readString(sources.resolve(name)));
        }
        if (run(npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error") != 0) {
            fail("npm could not fetch the packages of the page of godwit web; see above. -Dpage=skip builds Godwit without the page.");
        }
        Files.writeString(stamp, lock);
    }

    /** Puts a page there that says why the real one is not. */
    private void leaveOut(String reason) throws IOException {
        System.err.println("WARNING: building without the page of godwit web, because " + reason + ".");
        Files.deleteIfExists(work.resolve("built"));
        clean();
        Files.writeString(
                output.resolve("index.html"),
                "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Godwit</title>\n<h1>This build has no page</h1>\n<p>"
                        + "When Godwit was built, its page was left out, because " + reason + ".\n</html>\n");
    }

    private int run(String... command) throws IOException, InterruptedException {
        ProcessBuilder process = new ProcessBuilder(command).directory(work.toFile()).inheritIO();
        // The page never depends on a setting of the developer's machine.
        process.environment().putAll(Map.of("NODE_ENV", "", "npm_config_update_notifier", "false"));
        return process.start().waitFor();
    }

    private static String versionOf(String program) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(program, "--version")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? said : null;
        } catch (IOException notThere) {
            return null;
        }
    }

    private static String npm() {
        return WINDOWS ? "npm.cmd" : "npm";
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** Takes away what an earlier build has written. Classes of a package with the same name stay. */
    private void clean() throws IOException {
        Files.createDirectories(output);
        for (Path file : files(output)) {
            if (!file.toString().endsWith(".class")) {
                Files.delete(file);
            }
        }
    }

    private static String read(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static String digestOf(List<Path> files) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files) {
                digest.update((file.getFileName() + "\n").getBytes(StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(file));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private static void fail(String reason) {
        System.err.println("ERROR: " + reason);
        System.exit(1);
    }
}
