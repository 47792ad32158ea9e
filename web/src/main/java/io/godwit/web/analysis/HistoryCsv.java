package io.godwit.web.analysis;

import com.fasterxml.jackson.core.JsonToken;
import io.godwit.mqtt.protocol.Message;
import io.godwit.web.decode.Decoded;
import io.godwit.web.decode.Decoded.Form;
import io.godwit.web.json.Utf8Text;
import io.godwit.web.model.StoredMessage;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Supplier;

/**
 * Messages as lines of CSV (RFC 4180): time, topic, QoS, retain, length, how many were thinned out before, the payload, and a column for
 * each path that is asked for. A payload that is not UTF-8 is in Base64, in a column of its own.
 */
public final class HistoryCsv {
    private final List<String> paths;

    public HistoryCsv(List<String> paths) {
        this.paths = List.copyOf(paths);
    }

    public String header() {
        StringJoiner line = new StringJoiner(",", "", "\r\n");
        for (String name :
                List.of("time", "topic", "qos", "retain", "bytes", "thinned_before", "payload", "payload_base64")) {
            line.add(name);
        }
        paths.forEach(path -> line.add(quoted(path.isEmpty() ? "value" : path)));
        return line.toString();
    }

    /** @param decoded what the payload means; asked for only if there are paths */
    public String line(StoredMessage value, Supplier<Decoded> decoded) {
        Message message = value.message();
        String text = Utf8Text.of(message.payload());
        StringJoiner line = new StringJoiner(",", "", "\r\n");
        line.add(Instant.ofEpochMilli(value.time()).toString())
                .add(quoted(message.topic()))
                .add(String.valueOf(message.qos().level()))
                .add(message.retain() ? "1" : "0")
                .add(String.valueOf(value.payloadLength()))
                .add(String.valueOf(value.skipped()))
                .add(text == null ? "" : quoted(text))
                .add(text == null ? Base64.getEncoder().encodeToString(message.payload()) : "");
        if (!paths.isEmpty()) {
            Map<String, String> scalars = scalars(decoded.get());
            paths.forEach(path -> line.add(quoted(scalars.getOrDefault(path, ""))));
        }
        return line.toString();
    }

    private Map<String, String> scalars(Decoded decoded) {
        if (decoded.form() != Form.JSON) {
            return decoded.form() == Form.TEXT ? Map.of("", decoded.text()) : Map.of();
        }
        Map<String, String> found = new HashMap<>();
        FlatJson.visit(decoded.text(), (path, token, text) -> {
            if (token != JsonToken.VALUE_NULL && paths.contains(path)) {
                found.put(path, text);
            }
            return found.size() < paths.size();
        });
        return found;
    }

    /** A spreadsheet takes a field that begins like this for a formula; a blank before it keeps it a text. */
    private static String quoted(String field) {
        String safe = !field.isEmpty() && "=+-@\t\r".indexOf(field.charAt(0)) >= 0 && Numbers.parse(field) == null
                ? " " + field
                : field;
        boolean plain = safe.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r' || c == ' ');
        return plain ? safe : "\"" + safe.replace("\"", "\"\"") + "\"";
    }
}
