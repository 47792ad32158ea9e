package io.godwit.web;

import io.godwit.web.avro.AvroSchema;
import io.godwit.web.decode.Decoded;
import io.godwit.web.decode.DecoderKind;
import io.godwit.web.decode.DescriptorSet;
import io.godwit.web.decode.ImageType;
import io.godwit.web.json.Json;
import io.godwit.web.model.StoredMessage;
import io.godwit.web.model.TopicTree;
import io.godwit.web.page.Exports;
import io.godwit.web.page.Values;
import io.godwit.web.page.Workspace;
import io.godwit.web.source.RecordingFile;
import io.godwit.web.source.Source;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What each address answers to a browser that may use the page. Worker threads. */
final class Routes {
    private static final int FORM = 10_000;
    private static final int UPLOAD = 64 << 20;
    private static final int DESCRIPTORS = 16 << 20;
    private static final int SCHEMA = 1 << 20;
    private static final long RECORDING = 16L << 30;

    private final Workspace workspace;
    private final Values values;
    private final Exports exports;

    Routes(Workspace workspace) {
        this.workspace = workspace;
        this.values = new Values(workspace);
        this.exports = new Exports(workspace);
    }

    /** How many bytes the body of a POST may have. */
    long bodyLimit(String path) {
        return switch (path) {
            case "/login" -> FORM;
            case "/upload" -> UPLOAD;
            case "/descriptors" -> DESCRIPTORS;
            case "/schemas" -> SCHEMA;
            case "/recording" -> RECORDING;
            default -> 0;
        };
    }

    /** Whether the body goes into a file. */
    boolean isFile(String path) {
        return path.equals("/recording");
    }

    Reply answer(WebRequest request) throws IOException {
        try {
            if (request.post()) {
                return post(request);
            }
            return switch (request.path()) {
                case "/payload" -> payload(request);
                case "/export" -> export(request);
                default -> file(request.path());
            };
        } catch (IllegalArgumentException e) {
            return Reply.json(
                    HttpResponseStatus.BAD_REQUEST,
                    Json.object(json -> json.writeStringField("error", String.valueOf(e.getMessage()))));
        }
    }

    private static Reply file(String path) throws IOException {
        String name = path.equals("/") ? "index.html" : path.substring(1);
        PageFiles.PageFile file = PageFiles.find(name);
        return file == null
                ? Reply.text(HttpResponseStatus.NOT_FOUND, "there is no such address")
                : new Reply.Whole(HttpResponseStatus.OK, file.type(), file.content(), Map.of());
    }

    // ---- downloads ----

    private Reply payload(WebRequest request) {
        Source source = source(request);
        StoredMessage value = source == null ? null : find(source.tree(), number(request, "value"));
        if (source == null || value == null || value.isPayloadDropped()) {
            return Reply.text(HttpResponseStatus.NOT_FOUND, "this message is no longer kept");
        }
        byte[] payload = value.message().payload();
        String as = request.parameter("as");
        if ("image".equals(as)) {
            ImageType type = ImageType.of(payload);
            return type == null
                    ? Reply.text(HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE, "not an image")
                    : new Reply.Whole(HttpResponseStatus.OK, type.type(), payload, Map.of());
        }
        if ("text".equals(as)) {
            String decoder = request.parameter("decoder");
            Decoded decoded =
                    values.decode(source.tree(), value.message(), decoder == null ? null : DecoderKind.of(decoder));
            return Reply.text(HttpResponseStatus.OK, decoded.text());
        }
        return new Reply.Whole(
                HttpResponseStatus.OK,
                "application/octet-stream",
                payload,
                Map.of("Content-Disposition", "attachment; filename=\"payload-" + value.id() + ".bin\""));
    }

    private static @Nullable StoredMessage find(TopicTree tree, long id) {
        tree.lock().lock();
        try {
            return tree.value(id);
        } finally {
            tree.lock().unlock();
        }
    }

    private Reply export(WebRequest request) throws IOException {
        String recording = request.parameter("recording");
        if (recording != null) {
            RecordingFile file = workspace.recording(recording);
            return file == null
                    ? Reply.text(HttpResponseStatus.NOT_FOUND, "this recording is no longer kept")
                    : new Reply.Download(
                            file.path(), "application/x-ndjson", "recording-" + recording + ".jsonl", false);
        }
        Source source = source(request);
        String format = request.parameter("format");
        if (source == null || format == null || !format.equals("csv") && !format.equals("jsonl")) {
            throw new IllegalArgumentException("use broker=B&node=N&format=csv or jsonl");
        }
        String paths = request.parameter("paths");
        Exports.Wanted wanted = new Exports.Wanted(
                number(request, "node"),
                "1".equals(request.parameter("below")),
                request.parameter("from") == null ? Long.MIN_VALUE : number(request, "from"),
                request.parameter("to") == null ? Long.MAX_VALUE : number(request, "to"));
        boolean csv = format.equals("csv");
        Path made = csv
                ? exports.csv(
                        source.tree(), wanted, paths == null || paths.isEmpty() ? List.of() : List.of(paths.split(",")))
                : exports.recording(source.tree(), wanted);
        return new Reply.Download(
                made, csv ? "text/csv; charset=utf-8" : "application/x-ndjson", "history." + format, true);
    }

    private @Nullable Source source(WebRequest request) {
        String broker = request.parameter("broker");
        return broker == null ? null : workspace.sources().get(broker);
    }

    private static long number(WebRequest request, String name) {
        String text = request.parameter(name);
        try {
            return Long.parseLong(String.valueOf(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " must be a number", e);
        }
    }

    // ---- uploads ----

    private Reply post(WebRequest request) throws IOException {
        String given = request.parameter("name");
        String name = given == null || given.isBlank() ? "upload" : given.substring(0, Math.min(given.length(), 100));
        switch (request.path()) {
            case "/upload" -> {
                if (workspace.readOnly()) {
                    return Reply.text(HttpResponseStatus.FORBIDDEN, "this server was started with --read-only");
                }
                String id = workspace.addUpload(request.body());
                return Reply.json(HttpResponseStatus.OK, Json.object(json -> {
                    json.writeStringField("upload", id);
                    json.writeNumberField("bytes", request.body().length);
                }));
            }
            case "/descriptors" -> {
                DescriptorSet set = workspace.addDescriptors(name, request.body());
                return Reply.json(HttpResponseStatus.OK, Json.object(json -> {
                    json.writeStringField("name", set.name());
                    json.writeArrayFieldStart("types");
                    for (String type : set.types()) {
                        json.writeString(type);
                    }
                    json.writeEndArray();
                }));
            }
            case "/schemas" -> {
                AvroSchema schema = workspace.addSchema(name, request.body());
                return Reply.json(HttpResponseStatus.OK, Json.object(json -> {
                    json.writeStringField("name", schema.name());
                    json.writeStringField("type", schema.type());
                }));
            }
            case "/recording" -> {
                Path file = request.file();
                if (file == null) {
                    throw new IllegalArgumentException("the recording is missing");
                }
                return open(file, name);
            }
            default -> {
                return Reply.text(HttpResponseStatus.NOT_FOUND, "there is no such address");
            }
        }
    }

    private Reply open(Path file, String name) throws IOException {
        try {
            String id = workspace.sources().open(file, true, name);
            return Reply.json(HttpResponseStatus.OK, Json.object(json -> json.writeStringField("broker", id)));
        } catch (IOException | IllegalArgumentException e) {
            Files.deleteIfExists(file);
            throw new IllegalArgumentException("not a recording: " + e.getMessage(), e);
        }
    }
}
