package io.godwit.web.page;

import com.fasterxml.jackson.core.JsonGenerator;
import io.godwit.web.avro.AvroSchema;
import io.godwit.web.decode.DecodeRule;
import io.godwit.web.decode.Decoding;
import io.godwit.web.decode.DescriptorSet;
import io.godwit.web.source.Problem;
import io.godwit.web.source.Source;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes brokers, rules and descriptor sets for the page. */
final class Infos {
    private Infos() {}

    static void brokers(Map<String, Source> sources, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("brokers");
        for (Map.Entry<String, Source> each : sources.entrySet()) {
            broker(each.getKey(), each.getValue().info(), json);
        }
        json.writeEndArray();
    }

    private static void broker(String id, Source.Info info, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("broker", id);
        json.writeStringField("name", info.name());
        json.writeStringField("address", info.address());
        json.writeStringField("kind", info.recording() ? "recording" : "broker");
        if (info.user() != null) {
            json.writeStringField("user", info.user());
        }
        texts("filters", info.filters(), json);
        json.writeStringField("state", info.state().label());
        Source.Connection connection = info.connection();
        if (connection != null) {
            json.writeStringField("version", connection.version());
            json.writeStringField("clientId", connection.clientId());
            json.writeNumberField("since", connection.since());
            json.writeNumberField("attempt", connection.attempt());
            if (connection.next() > 0) {
                json.writeNumberField("next", connection.next());
            }
        }
        problem(info.problem(), json);
        Source.Timeline timeline = info.timeline();
        if (timeline != null) {
            json.writeObjectFieldStart("timeline");
            json.writeNumberField("start", timeline.start());
            json.writeNumberField("duration", timeline.duration());
            json.writeNumberField("messages", timeline.messages());
            json.writeArrayFieldStart("buckets");
            for (Long count : timeline.buckets()) {
                json.writeNumber(count);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void problem(@Nullable Problem problem, JsonGenerator json) throws IOException {
        if (problem == null) {
            return;
        }
        json.writeObjectFieldStart("problem");
        json.writeStringField("text", problem.text());
        if (problem.phase() != null) {
            json.writeStringField("phase", problem.phase());
        }
        if (problem.reason() != null) {
            json.writeStringField("reason", problem.reason());
        }
        json.writeNumberField("at", problem.at());
        texts("advice", problem.advice(), json);
        json.writeArrayFieldStart("refused");
        for (Problem.Refused each : problem.refused()) {
            json.writeStartObject();
            json.writeStringField("filter", each.filter());
            json.writeStringField("text", each.text());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    static void decoding(Decoding decoding, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("rules");
        for (DecodeRule rule : decoding.rules()) {
            json.writeStartObject();
            rule(rule, json);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("descriptors");
        for (DescriptorSet set : decoding.descriptors()) {
            json.writeStartObject();
            json.writeStringField("name", set.name());
            texts("types", set.types(), json);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("schemas");
        for (AvroSchema schema : decoding.schemas()) {
            json.writeStartObject();
            json.writeStringField("name", schema.name());
            json.writeStringField("type", schema.type());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    static void rule(DecodeRule rule, JsonGenerator json) throws IOException {
        json.writeStringField("filter", rule.filter().text());
        json.writeStringField("decoder", rule.decoder().label());
        if (rule.type() != null) {
            json.writeStringField("type", rule.type());
        }
        if (rule.descriptors() != null) {
            json.writeStringField("descriptors", rule.descriptors());
        }
    }

    static void texts(String name, List<String> texts, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }
}
