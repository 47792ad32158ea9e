package io.godwit.cli;

import io.godwit.cli.bridge.Bridge;
import io.godwit.cli.bridge.BridgeRule.Side;
import io.godwit.cli.bridge.BridgeRules;
import io.godwit.cli.options.ConnectionOptions;
import io.godwit.cli.options.OutputOptions;
import io.godwit.cli.options.StatisticsOptions;
import io.godwit.cli.options.UserFolders;
import io.godwit.cli.options.VersionOption;
import io.godwit.cli.output.ConnectionWarnings;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Terminal;
import io.godwit.cli.statistics.LiveStatistics;
import io.godwit.cli.statistics.StatisticsSource;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.store.SessionLoss;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.store.DiskStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Forwards messages between two brokers, by rules. */
@Command(
        name = "bridge",
        sortOptions = false,
        customSynopsis = "godwit bridge [OPTIONS] A B --rules FILE",
        description = {
            "Forward messages between two brokers, until Ctrl-C.",
            "A message is acknowledged to its broker when the other one has acknowledged it."
        },
        exitCodeList = {
            "3:a broker could not be reached at the start",
            "4:a broker rejected the connection",
            "5:a broker rejected the credentials or denied access",
            "8:a broker rejected a subscription",
            "143:ended by SIGTERM"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit bridge mqtt://plant.example @cloud --rules bridge.toml",
            "%nA rule of the file, of which there may be several:%n",
            "  [[topic]]",
            "  filter = \"sensors/#\"     the topics",
            "  direction = \"a-to-b\"     or b-to-a, or both",
            "  a = \"plant/\"             what is before them at A: plant/sensors/1 there is",
            "  b = \"site7/\"             site7/sensors/1 at B",
            "  qos = 1                  the highest QoS; 2 unless given"
        })
final class BridgeCommand implements Callable<Integer> {
    private static final Duration LIMIT_OF_THE_END = Duration.ofSeconds(3);

    @Parameters(
            index = "0",
            paramLabel = "A",
            description = "A broker: an address such as mqtts://host, or a named connection such as @plant.")
    private String a = "";

    @Parameters(index = "1", paramLabel = "B", description = "The other broker.")
    private String b = "";

    @Option(names = "--rules", required = true, paramLabel = "FILE", description = "Which topics cross, see below.")
    private Path rules = Path.of("");

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The name of the bridge, from which its client identifiers are made. [made from A and B]")
    private @Nullable String name;

    @Option(
            names = "--store",
            paramLabel = "DIR",
            description = "Where the sessions with both brokers are kept. [~/.local/state/godwit/bridge/NAME]")
    private @Nullable Path store;

    @Mixin
    private VersionOption version =
            new VersionOption("MQTT 31, 311 or 5, where a named connection has no protocol-version. [5]");

    @Mixin
    private StatisticsOptions statistics = new StatisticsOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    private final Terminal terminal;

    BridgeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        Map<Side, ConnectionOptions> sides = new EnumMap<>(Side.class);
        sides.put(Side.A, connection(a));
        sides.put(Side.B, connection(b));
        String called = name != null ? name : "bridge-" + digest(a + " " + b);
        Path folder =
                store != null ? store : UserFolders.state().resolve("bridge").resolve(called);
        Bridge bridge = new Bridge(called, BridgeRules.read(rules), this::note);
        List<MqttClient> clients = new ArrayList<>();
        for (Map.Entry<Side, ConnectionOptions> side : sides.entrySet()) {
            clients.add(bridge.client(side.getKey(), builder(side.getKey(), side.getValue(), called, folder)));
        }
        StatisticsSource[] sources = clients.stream().map(StatisticsSource::of).toArray(StatisticsSource[]::new);
        try (LiveStatistics live = LiveStatistics.start(statistics, terminal, sources);
                ShutdownHook interruption = new ShutdownHook(() -> {
                    end(clients);
                    note(bridge.summary());
                })) {
            // Both before either is waited for: a session that is resumed brings messages for the other side at once.
            for (CompletableFuture<?> connected :
                    clients.stream().map(MqttClient::connectAsync).toList()) {
                wait(connected);
            }
            for (Side side : Side.values()) {
                if (!bridge.subscriptions(side).isEmpty()) {
                    wait(clients.get(side.ordinal()).subscribeAsync(bridge.subscriptions(side), declared -> {}));
                }
            }
            note("bridge '" + called + "' is up; Ctrl-C ends it");
            new CompletableFuture<Void>().get();
            return ExitCodes.OK;
        } finally {
            end(clients);
        }
    }

    private static void wait(CompletableFuture<?> future) throws Exception {
        try {
            future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private MqttClientBuilder builder(Side side, ConnectionOptions options, String called, Path folder) {
        String id = options.clientId() != null ? options.clientId() : called + "-" + side;
        MqttClientBuilder builder = options.builder()
                .clientId(id)
                .cleanSession(false)
                .store(DiskStore.at(folder.resolve(side.name())))
                .onSessionLoss(SessionLoss.RESEND_ALL)
                .callTimeout(Duration.ofDays(1))
                .listener(new ConnectionWarnings(text -> note(side + ": " + text), output.isDebug()));
        return options.version() == ProtocolVersion.V5 ? builder.sessionExpiry(Duration.ofDays(7)) : builder;
    }

    /** The options of a named connection, or of an address. */
    private ConnectionOptions connection(String where) {
        List<String> words = new ArrayList<>();
        CommandLine line = new CommandLine(new Connection()).setOverwrittenOptionsAllowed(true);
        if (where.startsWith("@")) {
            NamedConnections.ofUser().options(where.substring(1)).forEach((option, values) -> {
                if (line.getCommandSpec().findOption(option) == null) {
                    return; // of other commands
                }
                if (values.isEmpty()) {
                    words.add(option);
                }
                for (String value : values) {
                    words.addAll(List.of(option, value));
                }
            });
        } else {
            words.addAll(List.of("--host", where));
        }
        ProtocolVersion asked = version.get();
        line.<Connection>getCommand().options.usualVersion(asked != null ? asked : ProtocolVersion.V5);
        line.parseArgs(words.toArray(String[]::new));
        return line.<Connection>getCommand().options;
    }

    /** What the options of one side are parsed into. */
    @Command
    private static final class Connection {
        @Mixin
        private ConnectionOptions options = new ConnectionOptions();
    }

    private static String digest(String text) {
        CRC32 sum = new CRC32();
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(sum.getValue());
    }

    private void note(String text) {
        if (!output.isQuiet()) {
            terminal.note(text);
        }
    }

    private static void end(List<MqttClient> clients) {
        CompletableFuture<?>[] ends = clients.stream()
                .map(client -> client.disconnectAsync().handle((done, failed) -> client.closeAsync()))
                .toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(ends).get(LIMIT_OF_THE_END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | MqttException e) {
            clients.forEach(MqttClient::closeAsync);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
