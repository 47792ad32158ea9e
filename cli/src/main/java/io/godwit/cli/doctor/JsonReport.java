package io.godwit.cli.doctor;

import com.fasterxml.jackson.core.JsonGenerator;
import io.godwit.web.json.Json;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a report for programs: one line of JSON for each server. */
public final class JsonReport {
    private JsonReport() {}

    public static String line(Report report) {
        return Json.object(json -> {
            json.writeStringField("server", report.server().withoutCredentials().toString());
            json.writeBooleanField("works", report.diagnosis() == null);
            Diagnosis diagnosis = report.diagnosis();
            if (diagnosis != null) {
                diagnosis(json, diagnosis);
            }
            json.writeArrayFieldStart("steps");
            for (Finding finding : report.findings()) {
                finding(json, finding);
            }
            json.writeEndArray();
        });
    }

    private static void diagnosis(JsonGenerator json, Diagnosis diagnosis) throws IOException {
        json.writeStringField("breaksAt", diagnosis.step().label());
        value(json, "why", diagnosis.text());
        value(json, "try", diagnosis.advice());
    }

    private static void finding(JsonGenerator json, Finding finding) throws IOException {
        json.writeStartObject();
        json.writeStringField("step", finding.step().label());
        json.writeStringField("status", finding.status().label());
        json.writeStringField("text", finding.text());
        if (finding.time() != null) {
            json.writeNumberField("millis", finding.time().toNanos() / 1e6);
        }
        for (Map.Entry<String, Object> fact : finding.facts().entrySet()) {
            value(json, fact.getKey(), fact.getValue());
        }
        json.writeEndObject();
    }

    private static void value(JsonGenerator json, String name, @Nullable Object value) throws IOException {
        json.writeFieldName(name);
        value(json, value);
    }

    private static void value(JsonGenerator json, @Nullable Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> each : map.entrySet()) {
                value(json, String.valueOf(each.getKey()), each.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof List<?> list) {
            json.writeStartArray();
            for (Object each : list) {
                value(json, each);
            }
            json.writeEndArray();
        } else {
            json.writeObject(value); // null, strings, numbers and booleans need no codec
        }
    }
}
