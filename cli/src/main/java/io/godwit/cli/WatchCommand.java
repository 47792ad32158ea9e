package io.godwit.cli;

import io.godwit.cli.doctor.ConnectionDoctor;
import io.godwit.cli.doctor.Doctor;
import io.godwit.cli.options.QosOption;
import io.godwit.cli.options.TopicOption;
import io.godwit.cli.options.WatchOptions;
import io.godwit.cli.output.Terminal;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.engine.TransportAccess;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.web.page.Workspace.NewBroker;
import io.godwit.web.source.BrokerPlan;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** What {@code web} and {@code top} have in common: which brokers to watch, and how to connect to them. */
abstract class WatchCommand extends ClientCommand {
    private static final List<String> ALL = List.of("#", "$SYS/#");
    private static final List<ProtocolVersion> VERSIONS = List.of(ProtocolVersion.V5, ProtocolVersion.V3_1_1);
    private static final Duration STEP = Duration.ofSeconds(5);
    private static final String DOCTOR_TOPICS = "godwit/doctor";

    @Mixin
    private TopicOption topic = new TopicOption("A topic filter to watch; may be repeated. [# and $SYS/#]");

    @Mixin
    private QosOption qos =
            new QosOption("The highest QoS to receive with; what was published with less comes with less. [2]");

    @Mixin
    private WatchOptions watch = new WatchOptions();

    WatchCommand(Terminal terminal) {
        super(terminal);
        connection().usualVersion(ProtocolVersion.V5);
    }

    final WatchOptions watch() {
        return watch;
    }

    @Override
    int threads() {
        return 2;
    }

    /** How to watch each of the servers of the options. */
    final List<BrokerPlan> plans() {
        if (connection().keepsSession()) {
            throw new IllegalArgumentException("-c does not apply here: what is watched needs no session");
        }
        List<String> filters = topic.all().isEmpty() ? ALL : topic.all();
        filters.forEach(TopicFilter::of);
        return connection().servers().stream()
                .map(server -> plan(server, filters))
                .toList();
    }

    private BrokerPlan plan(ServerAddress server, List<String> filters) {
        ServerAddress plain = server.withoutCredentials();
        TransportOptions options = connection().transportOptions().toBuilder()
                .servers(List.of(connection().identified(server)))
                .build();
        ProtocolVersion chosen = connection().chosenVersion();
        Function<ProtocolVersion, MqttClientBuilder> builder = version ->
                TransportAccess.use(connection().builder(version), tap()).transport(options);
        return plan(
                plain.host().isEmpty() ? plain.toString() : plain.host(),
                plain,
                new Identity(connection().userFor(server), connection().clientId() != null),
                filters,
                chosen == null ? VERSIONS : List.of(chosen),
                options,
                builder);
    }

    /** Plans a broker that was named on the page: with the command's transport, and the page's user. */
    final BrokerPlan plan(NewBroker asked) {
        ServerAddress server = asked.server();
        String user = asked.user() != null ? asked.user() : server.user();
        String password = asked.password() != null ? asked.password() : server.password();
        ServerAddress plain = server.withoutCredentials();
        TransportOptions options = asked.transport();
        Function<ProtocolVersion, MqttClientBuilder> builder = version -> {
            MqttClientBuilder made = TransportAccess.use(
                    MqttClient.builder().transport(options).protocol(version).daemon(true), transport());
            if (user != null) {
                made.credentials(user, password);
            }
            if (asked.clientId() != null) {
                made.clientId(asked.clientId());
            }
            return made;
        };
        return plan(
                asked.name() != null ? asked.name() : plain.host(),
                plain,
                new Identity(user, asked.clientId() != null),
                asked.filters(),
                asked.version() == null ? VERSIONS : List.of(asked.version()),
                options,
                builder);
    }

    /** As whom it connects. */
    private record Identity(@Nullable String user, boolean identified) {}

    private BrokerPlan plan(
            String name,
            ServerAddress server,
            Identity identity,
            List<String> filters,
            List<ProtocolVersion> versions,
            TransportOptions options,
            Function<ProtocolVersion, MqttClientBuilder> builder) {
        Doctor.Request request = new Doctor.Request(
                options,
                builder,
                versions.size() == 1 ? versions.get(0) : null,
                identity.identified(),
                identity.user() != null,
                DOCTOR_TOPICS,
                STEP);
        return new BrokerPlan(
                name,
                server.toString(),
                identity.user(),
                filters,
                qos.or(Qos.EXACTLY_ONCE),
                versions,
                builder,
                new ConnectionDoctor(transport(), request));
    }
}
