package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.cli.manual.Completion;
import io.godwit.cli.output.Terminal;
import io.godwit.mqtt.client.transport.tls.TlsCheck;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** What is said of each command, and what is made from that: help, man pages, completion. */
class ManualTest {
    @TempDir
    private Path folder = Path.of("set by JUnit");

    private final CommandLine godwit =
            Main.commandLine(new Terminal(OutputStream.nullOutputStream(), System.err, false, false, false));

    private static Stream<CommandSpec> withAllBelow(CommandLine line) {
        return Stream.concat(
                Stream.of(line.getCommandSpec()),
                line.getSubcommands().values().stream().distinct().flatMap(ManualTest::withAllBelow));
    }

    @TestFactory
    Stream<DynamicTest> each_command_is_explained() {
        return withAllBelow(godwit)
                .map(command -> DynamicTest.dynamicTest(command.qualifiedName(), () -> {
                    assertThat(command.usageMessage().description())
                            .as("description")
                            .isNotEmpty();
                    assertThat(String.join("\n", command.usageMessage().footer()))
                            .as("examples")
                            .contains(command.qualifiedName());
                    assertThat(command.usageMessage().exitCodeList())
                            .as("exit codes")
                            .isNotEmpty();
                    assertThat(command.options())
                            .as("options without a description")
                            .allMatch(each -> each.hidden() || each.description().length > 0);
                    assertThat(command.positionalParameters())
                            .as("arguments without a description")
                            .allMatch(each -> each.description().length > 0);
                    assertThat(command.findOption("--help")).isNotNull();
                }));
    }

    @Test
    void each_exit_code_stands_in_the_table_of_the_guide() throws IOException {
        String guide = Files.readString(Path.of("..", "docs", "cli.md"));
        assertThat(withAllBelow(godwit)
                        .flatMap(command -> command.usageMessage().exitCodeList().keySet().stream())
                        .map(String::strip)
                        .distinct())
                .allSatisfy(code -> assertThat(guide).contains("\n| " + code + " | "));
    }

    @Test
    void the_guide_names_each_option_beside_those_of_mosquitto() throws IOException {
        String guide = Files.readString(Path.of("..", "docs", "cli.md"));
        String section =
                guide.substring(guide.indexOf("## Options compared"), guide.indexOf("## Messages to commands"));
        for (String command : List.of("pub", "sub", "request")) {
            assertThat(Main.find(godwit, List.of(command)).getCommandSpec().options().stream()
                            .filter(option -> !option.hidden())
                            .flatMap(option -> Stream.of(option.names())))
                    .as(command)
                    .allSatisfy(name -> assertThat(section).contains("`" + name + "`"));
        }
    }

    /** Of mosquitto's clients, which cli.md says are not supported; and of other programs in examples. */
    private static final Set<String> OF_OTHERS = Set.of(
            "--tls-engine",
            "--tls-engine-kpass-sha1",
            "--psk",
            "--psk-identity",
            "--tls-keylog",
            "--mptcp",
            "--include_imports",
            "--descriptor_set_out");

    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][\\w-]*");

    /** The other way round, that each option is in a guide, is a test of the documents. */
    @Test
    void the_guides_name_no_option_that_is_not_there() throws IOException {
        Set<String> named = new TreeSet<>();
        for (String guide : List.of("cli", "bench", "simulate", "doctor", "web", "nodemcu", "store")) {
            OPTION.matcher(Files.readString(Path.of("..", "docs", guide + ".md")))
                    .results()
                    .map(MatchResult::group)
                    .forEach(named::add);
        }
        withAllBelow(godwit)
                .flatMap(command -> command.options().stream())
                .flatMap(option -> Stream.of(option.names()))
                .forEach(named::remove);
        named.removeAll(OF_OTHERS);
        assertThat(named).isEmpty();
    }

    @Test
    void the_exit_codes_of_a_command_are_those_of_what_it_does() {
        assertThat(codes("trace")).contains("8", "27", "141");
        assertThat(codes("retained")).contains("7", "8", "27", "141");
        assertThat(codes("reply")).contains("8", "27", "141").doesNotContain("7");
    }

    private List<String> codes(String command) {
        CommandSpec spec = Main.find(godwit, List.of(command)).getCommandSpec();
        return spec.usageMessage().exitCodeList().keySet().stream()
                .map(String::strip)
                .toList();
    }

    @Test
    void help_says_what_the_option_says() {
        for (String command : List.of("", " pub", " store ls")) {
            String asked = Command.godwit(("help" + command).split(" ")).ends(0).output();
            String option = Command.godwit((command.strip() + " --help").strip().split(" "))
                    .ends(0)
                    .output();
            assertThat(asked).isEqualTo(option).contains("Examples:", "Exit codes:");
        }
        assertThat(Command.godwit("help", "nothing").ends(2).errors()).contains("unknown command 'nothing'");
    }

    @Test
    void help_shows_guides_and_their_sections() {
        assertThat(Command.godwit("help", "tls", "unknown-ca").ends(0).output())
                .startsWith("### Unknown CA\n")
                .doesNotContain("### Pin mismatch");
        assertThat(Command.godwit("help", "tls", "none").ends(2).errors())
                .contains("the guide 'tls' has no section 'none'; there are ", "unknown-ca");
        assertThat(Command.godwit("help", "connecting").ends(0).output()).startsWith("# Connecting");
    }

    @Test
    void each_section_that_an_advice_names_is_in_the_jar() {
        assertThat(TlsCheck.values())
                .filteredOn(check -> check != TlsCheck.OTHER)
                .allSatisfy(
                        check -> assertThat(Guides.text("tls", check.anchor())).startsWith("#"));
        assertThat(Guides.NAMES)
                .allSatisfy(name -> assertThat(Guides.text(name, null)).startsWith("# "));
    }

    @Test
    void the_demo_breaks_lines_between_words() {
        assertThat(DemoCommand.wrapped("one two three", 7)).containsExactly("one two", "three");
        assertThat(DemoCommand.wrapped("one twothree", 5)).containsExactly("one", "twothree");
        assertThat(Command.godwit("demo").ends(0).output().lines()).allMatch(line -> line.length() <= 80);
    }

    @Test
    void the_man_pages_are_sound() throws IOException {
        PackageFiles.main(new String[] {folder.toString()});
        Path pages = folder.resolve("share/man/man1");
        List<String> names = new ArrayList<>();
        try (Stream<Path> files = Files.list(pages)) {
            files.sorted().map(Path::toString).forEach(names::add);
        }
        assertThat(names).hasSize(1 + godwit.getSubcommands().size());
        assertThat(Files.readString(pages.resolve("godwit-sub.1")))
                .startsWith(".TH GODWIT-SUB 1")
                .contains(".SH EXIT STATUS", "\\fB\\-t\\fP, \\fB\\-\\-topic\\fP \\fITOPIC\\fP", "topic, %p payload");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/groff")), "groff is not installed: man pages not set");
        names.addAll(0, List.of("groff", "-man", "-ww", "-Tutf8", "-z"));
        assertThat(Command.of(names.toArray(String[]::new)).ends(0).errors()).isEmpty();
    }

    private Path script(Completion shell) throws IOException {
        Path script = Files.writeString(folder.resolve("completion"), shell.script(godwit));
        assumeTrue(
                Stream.of("/bin", "/usr/bin").anyMatch(bin -> Files.isExecutable(Path.of(bin, shell.name()))),
                shell + " is not installed");
        return script;
    }

    @Test
    void bash_completes_commands_options_and_values() throws IOException {
        Path script = script(Completion.bash);
        assertThat(bash(script, "godwit pu")).containsExactly("pub");
        assertThat(bash(script, "godwit store l")).containsExactly("ls");
        assertThat(bash(script, "godwit sub --retained-")).containsExactly("--retained-only");
        assertThat(bash(script, "godwit sub --payload ")).contains("raw", "hex", "json");
        assertThat(bash(script, "godwit completion ")).containsExactly("bash", "zsh", "fish");
    }

    /** What options accept, and so what each shell offers. */
    private static final Map<String, List<String>> ACCEPTED = Map.of(
            "godwit sub -q ", List.of("0", "1", "2"),
            "godwit sub --retain-handling ", List.of("always", "new", "never"),
            "godwit pub -V ", List.of("31", "311", "5"),
            "godwit pub --tls-version ", List.of("tlsv1.2", "tlsv1.3"),
            "godwit sub --color ", List.of("always", "auto", "never"),
            "godwit sub --payload ", List.of("auto", "base64", "hex", "json", "raw", "text"),
            "godwit bench --topics ", List.of("all", "each", "one"),
            "godwit run --on-error ", List.of("ignore", "restart", "stop"));

    @Test
    void bash_and_fish_offer_what_an_option_accepts() throws IOException {
        Path bash = script(Completion.bash);
        ACCEPTED.forEach(
                (line, values) -> assertThat(bash(bash, line)).as(line).containsExactlyInAnyOrderElementsOf(values));
        Path fish = script(Completion.fish);
        ACCEPTED.forEach(
                (line, values) -> assertThat(fish(fish, line)).as(line).containsExactlyInAnyOrderElementsOf(values));
    }

    @Test
    void zsh_offers_what_an_option_accepts() throws IOException {
        String zsh = Files.readString(script(Completion.zsh));
        ACCEPTED.forEach((line, values) -> {
            String option = line.strip().replaceFirst(".* ", "");
            assertThat(zsh.lines().filter(each -> each.contains(option + "+") || each.contains(option + "=")))
                    .as(line)
                    .anyMatch(each -> values.stream().allMatch(each.replaceFirst(".*:\\(", "(")::contains));
        });
    }

    private static List<String> bash(Path script, String line) {
        String words = line.endsWith(" ") ? line + "''" : line;
        String run = "source " + script + "; compopt() { :; }; COMP_WORDS=(" + words
                + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE='" + line
                + "'; COMP_POINT=${#COMP_LINE}; _complete_godwit; printf '%s\\n' \"${COMPREPLY[@]}\"";
        return Command.of("bash", "-c", run).ends(0).output().lines().toList();
    }

    private Map<String, String> connections() throws IOException {
        Path config = Files.createDirectories(folder.resolve("config/godwit"));
        Files.writeString(config.resolve("connections.toml"), "# mine\n[plant]\naddress = \"a\"\n[lab-2] # x\n");
        return Map.of("XDG_CONFIG_HOME", folder.resolve("config").toString());
    }

    @Test
    void bash_and_fish_offer_the_names_of_connections_and_what_may_follow() throws IOException {
        String with = "XDG_CONFIG_HOME=" + connections().get("XDG_CONFIG_HOME");
        Path bash = script(Completion.bash);
        String run = "source " + bash + "; compopt() { :; }; COMP_LINE=\"$1\"; COMP_POINT=${#1};"
                + " COMP_WORDS=($2); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _complete_godwit; printf '%s\\n' \"${COMPREPLY[@]}\"";
        assertThat(Command.of("env", with, "bash", "-c", run, "bash", "godwit @p", "godwit @ p")
                        .ends(0)
                        .output())
                .isEqualTo("plant\n"); // bash breaks words at @
        assertThat(Command.of("env", with, "bash", "-c", run, "bash", "godwit @plant pu", "godwit @ plant pu")
                        .ends(0)
                        .output())
                .isEqualTo("pub\n");
        assertThat(Command.of(
                                "env",
                                with,
                                "bash",
                                "-c",
                                run,
                                "bash",
                                "godwit @plant sub --retained-",
                                "godwit @ plant sub --retained-")
                        .ends(0)
                        .output())
                .isEqualTo("--retained-only\n");
        Path fish = script(Completion.fish);
        String complete = "source " + fish + "; complete -C \"$argv\"";
        assertThat(fishWith(with, complete, "godwit @")).containsExactlyInAnyOrder("@plant", "@lab-2");
        assertThat(fishWith(with, complete, "godwit @plant pu")).containsExactly("pub");
        assertThat(fishWith(with, complete, "godwit @plant sub --retained-")).containsExactly("--retained-only");
    }

    private static List<String> fishWith(String environment, String script, String line) {
        return Command.of("env", environment, "fish", "-c", script, line)
                .ends(0)
                .output()
                .lines()
                .map(each -> each.split("\t")[0])
                .toList();
    }

    @Test
    void zsh_offers_the_names_of_connections_in_a_terminal() throws IOException {
        Path functions = Files.createDirectory(folder.resolve("functions"));
        Files.copy(script(Completion.zsh), functions.resolve("_godwit"));
        Map<String, String> environment = new java.util.HashMap<>(connections());
        environment.put("PS1", "ready> ");
        try (TerminalWindow window = TerminalWindow.running(folder, environment, List.of("zsh", "-f", "-i"))) {
            window.awaitScreen("ready>")
                    .type("fpath=(" + functions + " $fpath); autoload -U compinit; compinit -u -D; echo done; clear")
                    .press("Enter");
            window.awaitScreen("ready>").type("godwit @pl").press("Tab").awaitScreen("godwit @plant");
            window.type("su").press("Tab").awaitScreen("godwit @plant sub");
        }
    }

    @Test
    void fish_completes_commands_options_and_values() throws IOException {
        Path script = script(Completion.fish);
        assertThat(fish(script, "godwit pu")).containsExactly("pub");
        assertThat(fish(script, "godwit store ")).containsExactly("export", "ls", "replay");
        assertThat(fish(script, "godwit sub --retained-")).containsExactly("--retained-only");
        assertThat(fish(script, "godwit sub --payload ")).contains("raw", "hex", "json");
        assertThat(fish(script, "godwit completion ")).containsExactly("bash", "fish", "zsh");
    }

    private static List<String> fish(Path script, String line) {
        return Command.of("fish", "-c", "source " + script + "; complete -C'" + line + "'")
                .ends(0)
                .output()
                .lines()
                .map(each -> each.split("\t")[0])
                .toList();
    }

    @Test
    void zsh_takes_its_script_and_finds_a_function_for_each_command() throws IOException {
        Path script = script(Completion.zsh);
        Command.of("zsh", "-f", "-n", script.toString()).ends(0);
        String functions = Command.of(
                        "zsh",
                        "-f",
                        "-c",
                        "compdef() { print $1 for $2 }; source " + script + "; print -l ${(k)functions}")
                .ends(0)
                .output();
        assertThat(functions.lines())
                .contains("_godwit for godwit", "_godwit_pub", "_godwit_sub", "_godwit_shell", "_godwit_store_ls");
    }
}
