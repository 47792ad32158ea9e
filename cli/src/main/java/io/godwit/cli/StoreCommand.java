package io.godwit.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Terminal;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.StoredSession.StoredPublish;
import io.godwit.mqtt.client.store.StoredSession.StoredSubscription;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.mqtt.store.DiskStore;
import io.godwit.mqtt.store.RecoveryReport.Damage;
import io.godwit.mqtt.store.StoredLog;
import io.godwit.web.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks into a session store on disk: what is in it, all of it as JSON, and sent on to a broker. */
@Command(
        name = "store",
        sortOptions = false,
        description = "Look into a session store, the folder that was given to DiskStore.at.",
        exitCodeList = {
            "3:the broker could not be reached",
            "4:the broker rejected the connection",
            "5:the broker rejected the credentials or denied access",
            "7:a message was not acknowledged"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit store ls state                                    what each session keeps",
            "  godwit store export state > state.json                   all of it, one session a line",
            "  godwit store replay state --server mqtt://test.example   publish what is left"
        })
final class StoreCommand implements Runnable {
    private static final long MINUTE_SECONDS = 60;

    private final Terminal terminal;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    StoreCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do with the store: ls, export or replay");
    }

    @Command(
            name = "ls",
            mixinStandardHelpOptions = true,
            description = "List the sessions and what each keeps.",
            footerHeading = "%nExamples:%n",
            footer = {"  godwit store ls state", "  godwit store ls state --json | jq ."})
    int ls(
            @Parameters(paramLabel = "PATH", description = "The folder of the store.") Path path,
            @Option(names = "--json", description = "One JSON object a session.") boolean json)
            throws IOException {
        List<StoredLog> logs = StoredLog.in(path);
        if (!json) {
            terminal.line(String.format(
                    "%-32s %9s %9s %9s %13s %12s",
                    "CLIENT IDENTIFIER", "PUBLISHES", "IN FLIGHT", "RECEIVED", "SUBSCRIPTIONS", "BYTES"));
        }
        for (StoredLog log : logs) {
            terminal.line(json ? Json.object(out -> summary(out, log)) : row(log));
            for (Damage damage : log.report().damages()) {
                terminal.note("godwit: " + damage.bytes() + " bytes of "
                        + log.folder().resolve(damage.segment()) + " at offset " + damage.offset() + " are damaged ("
                        + damage.what() + ")");
            }
        }
        return ExitCodes.OK;
    }

    private static String row(StoredLog log) {
        return String.format(
                "%-32s %9d %9d %9d %13d %12d",
                log.clientId(),
                log.session().publishes().size(),
                inFlight(log),
                log.session().received().size(),
                log.session().subscriptions().size(),
                log.bytes());
    }

    private static long inFlight(StoredLog log) {
        return log.session().publishes().stream()
                .filter(publish -> publish.packetId() != 0)
                .count();
    }

    private static void summary(JsonGenerator json, StoredLog log) throws IOException {
        json.writeStringField("clientId", log.clientId());
        json.writeStringField("folder", log.folder().toString());
        json.writeNumberField("bytes", log.bytes());
        json.writeNumberField("records", log.report().records());
        json.writeNumberField("tornBytes", log.report().tornBytes());
        json.writeNumberField("damages", log.report().damages().size());
        json.writeNumberField("publishCount", log.session().publishes().size());
        json.writeNumberField("inFlight", inFlight(log));
        json.writeNumberField("receivedCount", log.session().received().size());
        json.writeNumberField("subscriptionCount", log.session().subscriptions().size());
    }

    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            description = "Write all that is kept as JSON, one session a line; payloads in Base64.",
            footerHeading = "%nExamples:%n",
            footer = "  godwit store export state > state.json")
    int export(@Parameters(paramLabel = "PATH", description = "The folder of the store.") Path path)
            throws IOException {
        for (StoredLog log : StoredLog.in(path)) {
            terminal.line(Json.object(json -> {
                summary(json, log);
                json.writeArrayFieldStart("publishes");
                for (StoredPublish publish : log.session().publishes()) {
                    write(json, publish);
                }
                json.writeEndArray();
                json.writeArrayFieldStart("received");
                for (Integer packetId : log.session().received()) {
                    json.writeNumber(packetId);
                }
                json.writeEndArray();
                json.writeArrayFieldStart("subscriptions");
                for (StoredSubscription stored : log.session().subscriptions()) {
                    write(json, stored.subscription());
                }
                json.writeEndArray();
            }));
        }
        return ExitCodes.OK;
    }

    private static void write(JsonGenerator json, StoredPublish publish) throws IOException {
        Message message = publish.message();
        json.writeStartObject();
        json.writeNumberField("sequence", publish.sequence());
        json.writeStringField("topic", message.topic());
        json.writeNumberField("qos", message.qos().level());
        json.writeBooleanField("retain", message.retain());
        json.writeNumberField("packetId", publish.packetId());
        json.writeBooleanField("released", publish.released());
        json.writeBooleanField("abandoned", publish.abandoned());
        if (publish.expiresAt() != Long.MAX_VALUE) {
            json.writeNumberField("expiresAt", publish.expiresAt());
        }
        json.writeStringField("payload", Base64.getEncoder().encodeToString(message.payload()));
        json.writeArrayFieldStart("properties");
        MqttProperties properties = message.properties();
        for (int i = 0; i < properties.size(); i++) {
            json.writeStartObject();
            json.writeStringField("name", properties.property(i).name());
            Object value = properties.value(i);
            if (value instanceof byte[] bytes) {
                json.writeStringField("value", Base64.getEncoder().encodeToString(bytes));
            } else if (value instanceof Number number) {
                json.writeNumberField("value", number.longValue());
            } else {
                json.writeStringField("value", value.toString());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, TopicSubscription subscription) throws IOException {
        json.writeStartObject();
        json.writeStringField("filter", subscription.filter().text());
        json.writeNumberField("qos", subscription.maximumQos().level());
        json.writeBooleanField("noLocal", subscription.noLocal());
        json.writeBooleanField("retainAsPublished", subscription.retainAsPublished());
        json.writeNumberField("retainHandling", subscription.retainHandling().ordinal());
        json.writeEndObject();
    }

    @Command(
            name = "replay",
            mixinStandardHelpOptions = true,
            description = {
                "Publish what is left in a store, and take out of it what was acknowledged. No client may have it open.",
                "A message that was in flight may have arrived before. One that the broker has confirmed with PUBREC, that has "
                        + "failed or has expired, is not sent."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  godwit store replay state --server mqtt://test.example",
                "  godwit store replay state --server mqtt://test.example --client-id boiler-7 --keep"
            })
    int replay(
            @Parameters(paramLabel = "PATH", description = "The folder of the store.") Path path,
            @Option(names = "--server", required = true, paramLabel = "URI", description = "Where to.") String server,
            @Option(names = "--client-id", paramLabel = "ID", description = "Only the session of this client.")
                    @Nullable
                    String only,
            @Option(names = "--keep", description = "Leave the store as it is.") boolean keep)
            throws IOException {
        List<String> sessions = new ArrayList<>();
        for (StoredLog log : StoredLog.in(path)) {
            if (only == null || only.equals(log.clientId())) {
                sessions.add(log.clientId());
            }
        }
        int published = 0;
        int left = 0;
        try (MqttClient client =
                MqttClient.builder().server(server).protocol(ProtocolVersion.V5).build()) {
            client.connect();
            for (String session : sessions) {
                SessionLog log = DiskStore.at(path).open(session);
                try {
                    for (StoredPublish publish : log.recovered().publishes()) {
                        if (publish.released() || publish.expiresAt() <= System.currentTimeMillis()) {
                            left++;
                            continue;
                        }
                        client.publish(publish.message());
                        published++;
                        if (!keep) {
                            log.ended(publish.sequence());
                        }
                    }
                    force(log);
                } finally {
                    log.close();
                }
            }
        }
        terminal.line(published + " messages were published, " + left + " were not worth it");
        return ExitCodes.OK;
    }

    private static void force(SessionLog log) {
        CompletableFuture<Void> forced = new CompletableFuture<>();
        log.force(log.position(), () -> forced.complete(null), forced::completeExceptionally);
        forced.orTimeout(MINUTE_SECONDS, TimeUnit.SECONDS).join();
    }
}
