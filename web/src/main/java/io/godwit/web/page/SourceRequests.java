package io.godwit.web.page;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.web.decode.DecodeRule;
import io.godwit.web.decode.DecoderKind;
import io.godwit.web.json.Json;
import io.godwit.web.source.BrokerPlan;
import io.godwit.web.source.LiveBroker;
import io.godwit.web.source.RecordingFile;
import io.godwit.web.source.RetainedJob;
import io.godwit.web.source.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** Answers requests about brokers, recordings, rules and retained messages. Worker threads. */
final class SourceRequests {
    private static final int SHOWN_TOPICS = 200;

    private final Workspace workspace;
    private final Places places;

    SourceRequests(Workspace workspace, Places places) {
        this.workspace = workspace;
        this.places = places;
    }

    Json.Members addBroker(Request request) throws RequestException {
        String version = request.textOr("version", null);
        Workspace.NewBroker asked = new Workspace.NewBroker(
                request.text("address"),
                request.textOr("name", null),
                request.textOr("user", null),
                request.textOr("password", null),
                version == null ? null : version(version),
                request.textOr("clientId", null),
                filters(request),
                TlsRequests.of(request));
        String id = Places.checked(() -> workspace.sources().add(workspace.plan(asked)));
        return json -> json.writeStringField("broker", id);
    }

    private static ProtocolVersion version(String text) throws RequestException {
        for (ProtocolVersion version : ProtocolVersion.values()) {
            if (version.toString().equals(text)) {
                return version;
            }
        }
        throw RequestException.invalid("unknown version '" + text + "': use 3.1, 3.1.1 or 5");
    }

    private static List<String> filters(Request request) throws RequestException {
        List<String> filters = request.texts("filters");
        for (String filter : filters) {
            Places.checked(() -> TopicFilter.of(filter));
        }
        return filters.isEmpty() ? List.of("#", "$SYS/#") : filters;
    }

    Json.Members removeBroker(Request request) throws RequestException {
        places.source(request);
        workspace.sources().remove(request.text("broker"));
        return json -> {};
    }

    Json.Members reconnect(Request request) throws RequestException {
        places.live(request).reconnect();
        return json -> {};
    }

    Json.Members clearTree(Request request) throws RequestException {
        places.source(request).tree().clear();
        return json -> {};
    }

    Json.Members diagnose(Request request) throws RequestException, InterruptedException {
        List<BrokerPlan.Check> checks = places.live(request).plan().doctor().examine(!workspace.readOnly());
        return json -> {
            json.writeArrayFieldStart("checks");
            for (BrokerPlan.Check check : checks) {
                json.writeStartObject();
                json.writeStringField("step", check.step());
                json.writeStringField("status", check.status());
                json.writeStringField("text", check.text());
                Infos.texts("details", check.details(), json);
                json.writeNumberField("ms", check.millis());
                json.writeEndObject();
            }
            json.writeEndArray();
        };
    }

    Json.Members rules(Request request) throws RequestException {
        List<DecodeRule> rules = new ArrayList<>();
        for (Request each : request.objects("rules")) {
            TopicFilter filter = Places.checked(() -> TopicFilter.of(each.text("filter")));
            DecoderKind decoder = Places.checked(() -> DecoderKind.of(each.text("decoder")));
            String type = each.textOr("type", null);
            String descriptors = each.textOr("descriptors", null);
            rules.add(Places.checked(() -> new DecodeRule(filter, decoder, type, descriptors)));
        }
        Places.checked(() -> {
            workspace.rules(rules);
            return rules;
        });
        return json -> Infos.decoding(workspace.decoding(), json);
    }

    // ---- recordings ----

    Json.Members record(Request request) throws RequestException {
        LiveBroker broker = places.live(request);
        if (broker.recording() != null) {
            throw RequestException.invalid("this broker is being recorded already");
        }
        String filter = request.textOr("filter", null);
        String id = Places.checked(
                () -> workspace.startRecording(filter == null || filter.isEmpty() ? null : TopicFilter.of(filter)));
        broker.record(workspace.recording(id));
        return json -> json.writeStringField("recording", id);
    }

    Json.Members stopRecording(Request request) throws RequestException {
        LiveBroker broker = places.live(request);
        RecordingFile file = broker.recording();
        if (file == null) {
            throw RequestException.invalid("this broker is not being recorded");
        }
        broker.record(null);
        Places.checked(() -> {
            file.close();
            return file;
        });
        return json -> {
            json.writeStringField("recording", workspace.idOf(file));
            json.writeNumberField("messages", file.messages());
            json.writeNumberField("bytes", file.bytes());
        };
    }

    Json.Members openRecording(Request request) throws RequestException {
        RecordingFile file = workspace.recording(request.text("recording"));
        if (file == null) {
            throw RequestException.gone("this recording");
        }
        String id =
                Places.checked(() -> workspace.sources().open(file.path(), false, "recording " + workspace.idOf(file)));
        return json -> json.writeStringField("broker", id);
    }

    Json.Members seek(Request request) throws RequestException {
        places.recording(request).seek(request.number("at"));
        return json -> {};
    }

    Json.Members play(Request request) throws RequestException {
        double speed = request.decimal("speed");
        if (!(speed >= 0 && speed <= 1_000)) {
            throw RequestException.invalid("\"speed\" must be 0 to 1000");
        }
        places.recording(request).play(speed);
        return json -> {};
    }

    Json.Members link(Request request) {
        return json -> json.writeStringField("address", workspace.link());
    }

    // ---- retained messages ----

    Json.Members retainedCount(Request request) throws RequestException, InterruptedException {
        LiveBroker broker = connected(request);
        String filter = request.text("filter");
        RetainedJob job = run(() -> RetainedJob.count(broker, filter));
        String id = workspace.addScan(job);
        return json -> {
            json.writeStringField("scan", id);
            json.writeNumberField("count", job.messages().size());
            json.writeNumberField("bytes", job.bytes());
            json.writeBooleanField("complete", job.isComplete());
            Infos.texts(
                    "topics",
                    job.messages().stream()
                            .limit(SHOWN_TOPICS)
                            .map(Message::topic)
                            .map(topic -> Values.cut(topic, 1_000))
                            .toList(),
                    json);
        };
    }

    Json.Members retainedClear(Request request, RetainedJob.Progress progress)
            throws RequestException, InterruptedException {
        check();
        RetainedJob job = workspace.scan(request.text("scan"));
        if (job == null) {
            throw RequestException.gone("this count");
        }
        String undo = workspace.addUndo(job);
        RetainedJob.Outcome outcome = run(() -> job.clear(progress));
        return json -> {
            json.writeNumberField("cleared", outcome.done());
            json.writeNumberField("left", outcome.left());
            json.writeStringField("text", outcome.text());
            json.writeStringField("undo", undo);
        };
    }

    Json.Members retainedUndo(Request request, RetainedJob.Progress progress)
            throws RequestException, InterruptedException {
        check();
        RetainedJob job = workspace.undo(request.text("undo"));
        if (job == null) {
            throw RequestException.gone("this undo");
        }
        RetainedJob.Outcome outcome = run(() -> job.undo(progress));
        return json -> {
            json.writeNumberField("restored", outcome.done());
            json.writeNumberField("left", outcome.left());
            json.writeStringField("text", outcome.text());
        };
    }

    private void check() throws RequestException {
        if (workspace.readOnly()) {
            throw new RequestException(
                    RequestException.Code.READ_ONLY, "this server was started with --read-only: it clears nothing");
        }
    }

    private LiveBroker connected(Request request) throws RequestException {
        Source source = places.source(request);
        LiveBroker broker = places.live(request);
        if (!broker.isConnected()) {
            throw new RequestException(
                    RequestException.Code.NOT_CONNECTED,
                    "there is no connection to " + source.info().name() + " now");
        }
        return broker;
    }

    /** A step at the broker. */
    private interface Step<T> {
        T run() throws InterruptedException, ExecutionException;
    }

    private static <T> T run(Step<T> step) throws RequestException, InterruptedException {
        try {
            return step.run();
        } catch (IllegalArgumentException e) {
            throw RequestException.invalid(String.valueOf(e.getMessage()));
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new RequestException(RequestException.Code.FAILED, String.valueOf(cause.getMessage()));
        } catch (RuntimeException e) {
            throw new RequestException(RequestException.Code.FAILED, String.valueOf(e.getMessage()));
        }
    }
}
