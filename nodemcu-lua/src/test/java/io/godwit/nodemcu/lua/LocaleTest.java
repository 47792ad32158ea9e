package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scripts see the C locale, whatever the desktop uses: each locale in a JVM of its own. */
class LocaleTest {

    private static final String SCRIPT = """
            print(1.5, string.format("%.2f", 3.14159), tonumber("2.5"), tonumber("2,5"), sjson.encode({a = 1.5}))
            print("2.5" + 1, 1e3 .. "", 0.1 .. "", string.format("%5.1f|%g", 2.25, 1e10))
            print(("title I i"):upper(), ("TITLE I i"):lower(), ("\\228\\252"):upper() == "\\228\\252")
            print(("\\228"):find("%a"), ("i"):find("%l"), ("I"):find("%u"))
            local t = {"b", "B", "a", "_", "Z", "\\228"} table.sort(t) print(table.concat(t, " "))
            print("a" < "B", "I" < "i", (wifi.sta.getmac()), node.chipid(), wifi.sta.gethostname())
            print(sjson.decode('{"x":2.5}').x, bit.tohex and bit.tohex(255) or "", encoder.toHex("\\171"))
            """;

    private static final List<String> EXPECTED = List.of(
            "1.5\t3.14\t2.5\tnil\t{\"a\":1.5}",
            "3.5\t1000\t0.1\t  2.2|1e+10",
            "TITLE I I\ttitle i i\ttrue",
            "nil\t1\t1\t1",
            "B Z _ a b \u00e4");

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "de_DE.UTF-8, de_DE, UTF-8",
        "tr_TR.UTF-8, tr_TR, UTF-8",
        "tr_TR.ISO-8859-9, tr_TR, ISO-8859-9",
        "POSIX,,"
    })
    @DisplayName("numbers, formats, case and order are those of the C locale")
    void scripts_see_the_c_locale(String locale, String input, String charset) throws Exception {
        if (input != null) {
            compile(locale, input, charset);
        }

        List<String> lines = run(locale);

        assertThat(lines).startsWith(EXPECTED.toArray(String[]::new));
        assertThat(lines.get(5)).matches("false\ttrue\t5c:cf:7f:5c:00:1a\t6029338\t[A-Z]+-5C001A");
    }

    /** Makes the locale in the test's folder, where the C library is configured to look for it. */
    private void compile(String locale, String input, String charset) throws IOException, InterruptedException {
        Path localedef = Path.of("/usr/bin/localedef");
        assumeTrue(
                Files.isExecutable(localedef) && Files.exists(Path.of("/usr/share/i18n/locales", input)),
                "localedef and its sources are not installed (package locales)");
        Process process = new ProcessBuilder(
                        localedef.toString(),
                        "-i",
                        input,
                        "-f",
                        charset,
                        folder.resolve(locale).toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("localedef.log").toFile())
                .start();
        assertThat(process.waitFor()).isZero();
    }

    private List<String> run(String locale) throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                LocaleTest.class.getName(),
                output.toString());
        builder.environment().put("LC_ALL", locale);
        builder.environment().put("LOCPATH", folder.toString());
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("java.log").toFile())
                .start();
        assertThat(process.waitFor())
                .as(Files.readString(folder.resolve("java.log")))
                .isZero();
        return Files.readAllLines(output, StandardCharsets.ISO_8859_1);
    }

    /** What each JVM runs: the script on one device, its output into a file. */
    public static void main(String[] args) throws IOException {
        Path device = Files.createTempDirectory("godwit-locale-");
        ScriptRun run = ScriptRun.of(device, SCRIPT, Duration.ofSeconds(2));
        Files.delete(device.resolve("init.lua"));
        Files.delete(device);
        List<String> lines = new ArrayList<>(run.printed);
        lines.addAll(run.errors);
        Files.write(Path.of(args[0]), lines, StandardCharsets.ISO_8859_1);
        System.exit(0);
    }
}
