package io.godwit.cli.shell;

import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** {@code list}: the clients and their subscriptions. */
@Command(
        name = "list",
        description = "List the clients; a star marks the current one.",
        footerHeading = "%nExamples:%n",
        footer = "  list")
final class ListLine implements Callable<Integer> {
    private final ShellContext shell;

    ListLine(ShellContext shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        for (ShellClient client : shell.clients().all()) {
            MqttClient mqtt = client.mqtt();
            boolean inUse = client == shell.clients().currentOrNull();
            ConnectResult connection = mqtt.connection();
            String state = mqtt.state().name().toLowerCase(Locale.ROOT);
            String where = connection == null ? "" : " to " + connection.server();
            String filters = client.subscriptions().stream()
                    .map(each -> each.filter() + " (QoS " + each.maximumQos().level() + ")")
                    .collect(Collectors.joining(", "));
            shell.output()
                    .answer(
                            client.name(),
                            "client",
                            (inUse ? "* " : "  ") + client.name() + "  " + state + where + ", MQTT " + mqtt.protocol()
                                    + (filters.isEmpty() ? "" : "; subscribed to " + filters),
                            json -> {
                                json.writeBooleanField("inUse", inUse);
                                json.writeStringField("state", state);
                                if (connection != null) {
                                    json.writeStringField("server", connection.server());
                                }
                                json.writeStringField("clientId", mqtt.clientId());
                                json.writeArrayFieldStart("subscriptions");
                                for (TopicSubscription each : client.subscriptions()) {
                                    json.writeString(each.filter().text());
                                }
                                json.writeEndArray();
                            });
        }
        return 0;
    }
}
