package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.checks.Documents;
import io.godwit.checks.Documents.Block;
import io.godwit.cli.output.Terminal;
import io.godwit.mqtt.protocol.Message;
import io.godwit.testkit.TestBroker;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * The shell blocks of the README and the guides. A command of godwit is parsed by the command itself; a script exists; a
 * module that is given to Maven exists; any other program is one that readers have.
 */
class DocumentedCommandsTest {
    private static final Path ROOT = Documents.root();
    private static final Pattern ASSIGNMENT = Pattern.compile("[A-Z_]+=.*");

    /** Programs that are not ours; commands of a shell. */
    private static final Set<String> OTHERS = Set.of(
            "cat", "cd", "curl", "diff", "echo", "getent", "git", "gzip", "java", "jq", "ln", "mvn", "openssl",
            "source", "tail", "xxd", "zcat");

    /** Commands that end by themselves. */
    private static final Set<String> ENDING = Set.of("pub", "retained", "completion", "man", "connections");

    private static final CommandLine GODWIT =
            Main.commandLine(new Terminal(OutputStream.nullOutputStream(), System.err, false, false, false));

    @TestFactory
    Stream<DynamicTest> each_command_is_right() {
        return Documents.blocks().stream()
                .filter(block -> block.language().equals("sh"))
                .flatMap(block -> commands(block.text())
                        .map(command -> DynamicTest.dynamicTest(
                                block + " " + String.join(" ", command), () -> check(command))));
    }

    /** Those that end by themselves run as they are printed, with the broker's address in a configuration file. */
    @TestFactory
    Stream<DynamicTest> a_command_that_ends_succeeds(@TempDir Path folder) throws IOException {
        TestBroker broker = TestBroker.start();
        broker.publish(Message.of("home/hall/temp", "21.5").withRetain(true));
        Path settings = Files.createDirectories(folder.resolve("godwit"));
        Files.writeString(settings.resolve("all"), "-h " + broker.uri() + "\n");
        Path schema = Files.writeString(folder.resolve("reading.avsc"), schemaOfTheGuide());
        List<List<String>> commands = Documents.blocks().stream()
                .filter(block -> block.language().equals("sh"))
                .filter(block -> Set.of("README.md", "docs/cli.md").contains(block.file()))
                .flatMap(block -> commands(block.text()))
                .filter(command -> command.get(0).endsWith("godwit") && command.size() > 1)
                .filter(command -> ENDING.contains(command.get(1)) && !command.contains("clear"))
                .toList();
        assertThat(commands).hasSizeGreaterThan(5);
        return commands.stream()
                .map(command -> DynamicTest.dynamicTest(
                        String.join(" ", command),
                        () -> Command.godwit(
                                        Map.of("XDG_CONFIG_HOME", folder.toString()),
                                        command.subList(1, command.size()).stream()
                                                .map(word -> word.replace("reading.avsc", schema.toString()))
                                                .toArray(String[]::new))
                                .ends(0)))
                .onClose(broker::close);
    }

    private static String schemaOfTheGuide() {
        return Documents.blocks().stream()
                .map(Block::text)
                .filter(text -> text.contains("plant.Reading") && text.startsWith("{"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void each_option_is_in_a_guide() {
        String guides = String.join(
                "\n",
                Documents.files().stream().map(DocumentedCommandsTest::read).toList());
        assertThat(withAllBelow(GODWIT)
                        .flatMap(line -> line.getCommandSpec().options().stream()
                                .filter(option -> !option.hidden())
                                .map(option -> option.longestName())
                                .distinct()))
                .hasSizeGreaterThan(200)
                .allSatisfy(name -> assertThat(guides).containsPattern(Pattern.quote(name) + "(?![\\w-])"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "godwit sub -t 'home/#' --verbos",
                "godwit bench --duration soon",
                "./godwit nothing",
                "godwit @plant nothing",
                "xxd x | godwit trace --decod",
                "interop/walk",
                "./mvnw -pl nothing test",
                "frobnicate"
            })
    void a_wrong_command_is_found(String line) {
        assertThat(split(line)).anySatisfy(command -> assertThat(fault(command)).isNotNull());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GODWIT_OPTS=-Xmx1g godwit sub -t 'a|b' -F '%t; %p' > out.txt",
                "godwit sub -t \"it's\" & # in the background",
                "source <(godwit completion bash)",
                "./mvnw -B -pl client -am test -Dtest=X && benchmarks/run --smoke"
            })
    void a_right_command_is_not(String line) {
        assertThat(split(line))
                .isNotEmpty()
                .allSatisfy(command -> assertThat(fault(command)).isNull());
    }

    private static void check(List<String> command) {
        assertThat(fault(command)).isNull();
    }

    /** What is wrong with a command, or null. */
    private static String fault(List<String> command) {
        String program = command.get(0);
        List<String> arguments = command.subList(1, command.size());
        if (program.equals("godwit") || program.equals("./godwit")) {
            boolean isNamed = !arguments.isEmpty() && arguments.get(0).startsWith("@");
            List<String> words = isNamed ? arguments.subList(1, arguments.size()) : arguments;
            try {
                GODWIT.parseArgs(words.toArray(String[]::new));
                return words.isEmpty() || words.get(0).startsWith("-") || Main.COMMANDS.contains(words.get(0))
                        ? null
                        : "unknown command";
            } catch (CommandLine.ParameterException e) {
                return e.getMessage();
            }
        }
        if (program.equals("./mvnw") || program.equals("mvn")) {
            int list = arguments.indexOf("-pl");
            return list < 0
                            || Stream.of(arguments.get(list + 1).split(","))
                                    .allMatch(module ->
                                            Files.exists(ROOT.resolve(module).resolve("pom.xml")))
                    ? null
                    : "no such module";
        }
        if (program.contains("/")) {
            return Files.isExecutable(ROOT.resolve(program)) ? null : "no such script";
        }
        return OTHERS.contains(program) ? null : "unknown program " + program;
    }

    private static Stream<List<String>> commands(String text) {
        return split(text.replace("\\\n", " ")).stream();
    }

    /** The simple commands of a script, in words: without comments, assignments and redirections. */
    private static List<List<String>> split(String script) {
        List<List<String>> commands = new ArrayList<>();
        List<String> words = new ArrayList<>();
        StringBuilder word = null;
        char quote = 0;
        String text = script + "\n";
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
                word = word == null ? new StringBuilder() : word;
            } else if (" |;&<>()\n".indexOf(c) < 0 && !(c == '#' && word == null)) {
                word = (word == null ? new StringBuilder() : word).append(c);
            } else {
                if (word != null) {
                    words.add(word.toString());
                    word = null;
                }
                if (c == '<' || c == '>') {
                    words.add(String.valueOf(c));
                } else if (c != ' ') {
                    add(commands, words);
                    words = new ArrayList<>();
                }
                if (c == '#') {
                    i = text.indexOf('\n', i) - 1;
                }
            }
        }
        return commands;
    }

    private static void add(List<List<String>> commands, List<String> words) {
        List<String> command = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).equals(">") || words.get(i).equals("<")) {
                i++; // the file
            } else if (!command.isEmpty() || !ASSIGNMENT.matcher(words.get(i)).matches()) {
                command.add(words.get(i));
            }
        }
        if (!command.isEmpty()) {
            commands.add(command);
        }
    }

    private static Stream<CommandLine> withAllBelow(CommandLine line) {
        return Stream.concat(
                Stream.of(line),
                line.getSubcommands().values().stream().distinct().flatMap(DocumentedCommandsTest::withAllBelow));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
