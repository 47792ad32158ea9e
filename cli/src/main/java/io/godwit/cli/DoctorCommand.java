package io.godwit.cli;

import io.godwit.cli.doctor.Diagnosis;
import io.godwit.cli.doctor.Doctor;
import io.godwit.cli.doctor.JsonReport;
import io.godwit.cli.doctor.Report;
import io.godwit.cli.doctor.TextReport;
import io.godwit.cli.options.Durations;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Terminal;
import io.godwit.cli.packets.PacketPrinter;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.engine.TransportAccess;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.netty.NettyTransport;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.TopicName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Examines the road to a broker, step by step. */
@Command(
        name = "doctor",
        sortOptions = false,
        description = {
            "Find out why a connection does not work, or what the broker allows.",
            "Walks the road to it step by step, says at which step it breaks and what to try. Leaves nothing behind on the broker.",
            "Each address has to work with one version of MQTT, or with that of -V."
        },
        exitCodeList = "9:the connection works, something on it does not",
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit doctor test.example",
            "  godwit doctor mqtts://test.example:8883 --cafile ca.pem -u me --password-env PW",
            "  godwit doctor wss://test.example/mqtt --proxy http://proxy.example:3128",
            "  godwit doctor test.example -V 5 -t my/own/topics",
            "  godwit doctor test.example --json | jq .breaksAt"
        })
final class DoctorCommand extends ClientCommand {
    private static final String TOPICS = "godwit/doctor";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..*",
            paramLabel = "ADDRESS",
            description = "The broker: a name, or an address such as mqtts://host:8883. Several: one after the other.")
    private List<String> addresses = new ArrayList<>();

    @Option(
            names = {"-t", "--topic"},
            paramLabel = "PREFIX",
            order = -30,
            description = "Publish and subscribe below this topic only. [" + TOPICS + "]")
    private @Nullable String topics;

    @Option(
            names = {"-W", "--timeout"},
            paramLabel = "TIME",
            converter = Durations.class,
            order = -29,
            description = "How long each step may take. [5s]")
    private Duration timeout = Duration.ofSeconds(5);

    @Option(names = "--json", order = -28, description = "One line of JSON for each broker, with all that was found.")
    private boolean json;

    DoctorCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() {
        connection().connectTo(addresses);
        if (connection().keepsSession()) {
            throw new IllegalArgumentException("-c: the doctor keeps no session");
        }
        if (timeout.isZero()) {
            throw new IllegalArgumentException("--timeout 0: a step needs some time");
        }
        String below = topics != null ? topics : connection().topicOfUrl();
        below = below == null ? TOPICS : below;
        TopicName.check(below);
        Thread examiner = Thread.currentThread();
        CountDownLatch left = new CountDownLatch(1);
        try (ShutdownHook interruption = new ShutdownHook(() -> {
            examiner.interrupt();
            await(left);
        })) {
            int worst = ExitCodes.OK;
            for (ServerAddress server : connection().servers()) {
                int code = examine(server, below);
                worst = worst == ExitCodes.OK ? code : worst;
            }
            return worst;
        } catch (InterruptedException e) {
            return ExitCodes.INTERRUPTED;
        } finally {
            left.countDown();
        }
    }

    private static void await(CountDownLatch left) {
        try {
            left.await(3, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int examine(ServerAddress server, String below) throws InterruptedException {
        TextReport text = new TextReport(terminal());
        Report report = new Report(server, json ? finding -> {} : text::tell);
        TransportOptions road = connection().road().toBuilder()
                .servers(List.of(server.withoutCredentials()))
                .build();
        boolean chosen = spec.commandLine().getParseResult().hasMatchedOption("-V");
        new Doctor(
                        NettyTransport.shared(),
                        report,
                        new Doctor.Request(
                                road,
                                this::builder,
                                chosen ? connection().version() : null,
                                connection().clientId() != null,
                                connection().credentials() != null,
                                below,
                                timeout))
                .examine();
        if (json) {
            terminal().line(JsonReport.line(report));
        } else {
            text.sum(report);
        }
        Diagnosis diagnosis = report.diagnosis();
        return diagnosis == null ? ExitCodes.OK : diagnosis.exitCode();
    }

    private MqttClientBuilder builder(ProtocolVersion version) {
        MqttClientBuilder builder = connection().builder(version);
        return connection().isDebug()
                ? TransportAccess.use(builder, PacketPrinter.tapped(version, terminal()::remark, 0))
                : builder;
    }
}
