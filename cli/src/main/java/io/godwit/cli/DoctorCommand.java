package io.godwit.cli;

import io.godwit.cli.doctor.Diagnosis;
import io.godwit.cli.doctor.Doctor;
import io.godwit.cli.doctor.JsonReport;
import io.godwit.cli.doctor.Report;
import io.godwit.cli.doctor.TextReport;
import io.godwit.cli.options.JsonOption;
import io.godwit.cli.options.TimeoutOption;
import io.godwit.cli.options.TopicOption;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Terminal;
import io.godwit.cli.packets.PacketPrinter;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.engine.TransportAccess;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.TopicName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Checks a connection to a broker, step by step. */
@Command(
        name = "doctor",
        sortOptions = false,
        customSynopsis = "godwit doctor [OPTIONS] [ADDRESS]...",
        description = {
            "Find out why a connection fails, or what the broker allows.",
            "Checks each step from the address to a message there and back, names the one that fails and what to try. Leaves nothing behind on the broker.",
            "Each address must work with at least one version of MQTT, or with the one of -V."
        },
        exitCodeList = "9:the connection works, but a later check failed",
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
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @Parameters(
            arity = "0..*",
            paramLabel = "ADDRESS",
            description =
                    "The broker: a name, or an address such as mqtts://host:8883. Several are checked one after the other.")
    private List<String> addresses = new ArrayList<>();

    @Mixin
    private TopicOption topic = new TopicOption("Publish and subscribe below this topic only. [" + TOPICS + "]");

    @Mixin
    private TimeoutOption timeout = new TimeoutOption("Time limit for each step. [5s]");

    @Mixin
    private JsonOption json = new JsonOption("One line of JSON for each broker, with all that was found.");

    DoctorCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() {
        connection().connectTo(addresses);
        if (connection().keepsSession()) {
            throw new IllegalArgumentException("-c does not apply here: the doctor always uses a clean session");
        }
        Duration limit = timeout.or(TIMEOUT);
        String given = topic.last();
        String below = given != null ? given : connection().topicOfUrl();
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
                int code = examine(server, below, limit);
                worst = worst == ExitCodes.OK ? code : worst;
            }
            return worst;
        } catch (InterruptedException e) {
            return ExitCodes.INTERRUPTED;
        } finally {
            left.countDown();
            transport().close();
        }
    }

    private static void await(CountDownLatch left) {
        try {
            left.await(3, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int examine(ServerAddress server, String below, Duration limit) throws InterruptedException {
        TextReport text = new TextReport(terminal());
        Report report = new Report(server, json.isOn() ? finding -> {} : text::print);
        TransportOptions options = connection().transportOptions().toBuilder()
                .servers(List.of(connection().identified(server)))
                .build();
        new Doctor(
                        transport(),
                        report,
                        new Doctor.Request(
                                options,
                                this::builder,
                                connection().chosenVersion(),
                                connection().clientId() != null,
                                connection().userFor(server) != null,
                                below,
                                limit))
                .examine(true);
        if (json.isOn()) {
            terminal().line(JsonReport.line(report));
        } else {
            text.summarize(report);
        }
        Diagnosis diagnosis = report.diagnosis();
        return diagnosis == null ? ExitCodes.OK : diagnosis.exitCode();
    }

    private MqttClientBuilder builder(ProtocolVersion version) {
        MqttClientBuilder builder = connection().builder(version);
        return connection().isDebug()
                ? TransportAccess.use(builder, PacketPrinter.tapped(transport(), version, terminal()::note, 0))
                : TransportAccess.use(builder, transport());
    }
}
