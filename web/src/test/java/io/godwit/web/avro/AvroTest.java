package io.godwit.web.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonGenerator;
import io.godwit.web.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.util.RandomData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Avro next to Apache's own library, and payloads and schemas that nobody sane writes. */
class AvroTest {
    private static final String EVERYTHING = """
            {"type": "record", "name": "Everything", "namespace": "plant.v1", "doc": "is not canonical", "fields": [
              {"name": "none", "type": "null"},
              {"name": "on", "type": "boolean", "default": true},
              {"name": "small", "type": "int"},
              {"name": "large", "type": "long", "order": "ignore"},
              {"name": "single", "type": "float"},
              {"name": "number", "type": "double"},
              {"name": "raw", "type": "bytes"},
              {"name": "text", "type": {"type": "string"}},
              {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}},
              {"name": "id", "type": {"type": "fixed", "name": "other.Id", "size": 3}},
              {"name": "list", "type": {"type": "array", "items": ["null", "long", "Kind", "string"]}},
              {"name": "map", "type": {"type": "map", "values": {"type": "array", "items": "other.Id"}}},
              {"name": "below", "type": ["null", "Everything"], "default": null}]}
            """;
    private static final AvroSchema READING = schema("""
            {"type": "record", "name": "Reading", "fields": [
              {"name": "celsius", "type": "int"}, {"name": "note", "type": ["null", "string"], "default": null}]}
            """);

    private static AvroSchema schema(String json) {
        return AvroSchema.read("test", json.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(@Nullable AvroSchema own, byte[] payload, AvroSchema... known) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.generator(text)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
            AvroPayload.decode(payload, own, List.of(known), json);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return text.toString();
    }

    private static String encode(AvroSchema schema, String json) {
        return HexFormat.of().formatHex(AvroPayload.encode(schema, json.getBytes(StandardCharsets.UTF_8)));
    }

    // ---- next to Apache's library ----

    @ParameterizedTest
    @ValueSource(
            strings = {
                EVERYTHING,
                "\"int\"",
                "[\"null\", \"string\"]",
                "{\"type\": \"array\", \"items\": {\"type\": \"map\", \"values\": \"bytes\"}}",
                "{\"type\": \"int\", \"logicalType\": \"date\"}",
                "{\"name\": \"a.b.C\", \"type\": \"record\", \"fields\": [{\"name\": \"x\", \"type\": {\"name\": \"D\","
                        + " \"type\": \"enum\", \"symbols\": []}}, {\"name\": \"y\", \"type\": \"D\"}]}"
            })
    void the_canonical_form_and_the_fingerprint_are_those_of_apache(String json) {
        Schema theirs = new Schema.Parser().parse(json);

        assertThat(CanonicalForm.of(schema(json).root())).isEqualTo(SchemaNormalization.toParsingForm(theirs));
        assertThat(schema(json).fingerprint()).isEqualTo(SchemaNormalization.parsingFingerprint64(theirs));
    }

    @Test
    void what_apache_writes_is_read_and_written_again_as_the_same_value() throws IOException {
        Schema theirs = new Schema.Parser().parse(EVERYTHING);
        AvroSchema ours = schema(EVERYTHING);
        for (Object datum : new RandomData(theirs, 200, 1)) {
            byte[] payload = written(theirs, datum);

            String json = decode(ours, payload);
            byte[] again = AvroPayload.encode(ours, json.getBytes(StandardCharsets.UTF_8));

            assertThat(decode(ours, again)).isEqualTo(json);
            Object back = new GenericDatumReader<>(theirs)
                    .read(null, DecoderFactory.get().binaryDecoder(again, null));
            assertThat(back).isEqualTo(datum);
        }
    }

    private static byte[] written(Schema schema, Object datum) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        org.apache.avro.io.BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<>(schema).write(datum, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    @Test
    void single_objects_are_exchanged_with_apache() throws IOException {
        Schema theirs = new Schema.Parser().parse(EVERYTHING);
        AvroSchema ours = schema(EVERYTHING);
        Object datum = new RandomData(theirs, 1, 2).iterator().next();
        byte[] payload = new BinaryMessageEncoder<>(GenericData.get(), theirs)
                .encode(datum)
                .array();

        String json = decode(null, payload, READING, ours);
        byte[] again = AvroPayload.encodeSingleObject(ours, json.getBytes(StandardCharsets.UTF_8));

        Object back = new BinaryMessageDecoder<>(GenericData.get(), theirs).decode(again);
        assertThat(back).isEqualTo(datum);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "deflate"})
    void a_container_has_its_schema(String codec) throws IOException {
        assertThat(decode(null, container(codec, 21))).isEqualTo("21");
        assertThat(decode(null, container(codec))).isEqualTo("[]");
        assertThat(decode(READING, container(codec, 1, -2, 3))).isEqualTo("[1,-2,3]");
    }

    private static byte[] container(String codec, Integer... numbers) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Schema schema = Schema.create(Schema.Type.INT);
        try (DataFileWriter<Integer> writer = new DataFileWriter<>(new GenericDatumWriter<Integer>(schema))) {
            writer.setCodec(CodecFactory.fromString(codec)).create(schema, out);
            for (Integer each : numbers) {
                writer.append(each);
                writer.sync();
            }
        }
        return out.toByteArray();
    }

    // ---- values ----

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "int    | date                   | \"2026-01-31\"",
                "int    | time-millis            | \"12:00:00.250\"",
                "long   | time-micros            | \"12:00:00.000250\"",
                "long   | timestamp-millis       | \"2026-01-31T12:00:00.250Z\"",
                "long   | timestamp-micros       | \"1969-12-31T23:59:59.999999Z\"",
                "long   | timestamp-nanos        | \"2026-01-31T12:00:00.000000001Z\"",
                "long   | local-timestamp-millis | \"2026-01-31T12:00:00.250\"",
                "int    | time-millis            | -1",
                "long   | no-such-type           | 7"
            })
    void times_are_text(String type, String logical, String json) {
        AvroSchema schema = schema("{\"type\": \"" + type + "\", \"logicalType\": \"" + logical + "\"}");

        byte[] payload = AvroPayload.encode(schema, json.getBytes(StandardCharsets.UTF_8));

        assertThat(decode(schema, payload)).isEqualTo(json);
    }

    @Test
    void decimals_keep_all_their_digits_and_uuids_are_text() {
        AvroSchema decimal =
                schema("{\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": 30, \"scale\": 4}");
        AvroSchema price = schema("{\"type\": \"fixed\", \"name\": \"P\", \"size\": 4, \"logicalType\": \"decimal\","
                + " \"precision\": 6, \"scale\": 2}");
        AvroSchema uuid = schema("{\"type\": \"fixed\", \"name\": \"U\", \"size\": 16, \"logicalType\": \"uuid\"}");
        String id = "\"0a0b0c0d-0000-4000-8000-00000000ffff\"";

        assertThat(decode(decimal, HexFormat.of().parseHex(encode(decimal, "12345678901234567890.5"))))
                .isEqualTo("12345678901234567890.5000");
        assertThat(encode(price, "-1.25")).isEqualTo("ffffff83");
        assertThat(decode(price, HexFormat.of().parseHex("ffffff83"))).isEqualTo("-1.25");
        assertThatThrownBy(() -> encode(price, "1.255"))
                .hasMessageContaining("keeps 6 digits, 2 of them after the point");
        assertThatThrownBy(() -> encode(price, "1e999999999")).hasMessageContaining("has more");
        assertThat(encode(uuid, id)).isEqualTo("0a0b0c0d00004000800000000000ffff");
        assertThat(decode(uuid, HexFormat.of().parseHex(encode(uuid, id)))).isEqualTo(id);
    }

    @Test
    void defaults_fill_what_is_missing() {
        AvroSchema schema = schema("""
                {"type": "record", "name": "R", "fields": [
                  {"name": "a", "type": "int", "default": 7},
                  {"name": "b", "type": "bytes", "default": "\\u00ff"},
                  {"name": "c", "type": {"type": "array", "items": "int"}, "default": []},
                  {"name": "d", "type": ["null", "string"], "default": null}]}
                """);

        assertThat(encode(schema, "{}")).isEqualTo("0e02ff0000");
    }

    @Test
    void a_union_takes_the_first_type_that_fits_or_the_one_that_is_named() {
        AvroSchema union = schema("[\"null\", \"int\", \"long\", \"double\", \"bytes\", \"string\"]");

        assertThat(encode(union, "null")).isEqualTo("00");
        assertThat(encode(union, "1")).isEqualTo("0202");
        assertThat(encode(union, "3000000000")).startsWith("04");
        assertThat(encode(union, "1.5")).startsWith("06");
        assertThat(encode(union, "\"h'ff'\"")).isEqualTo("0802ff");
        assertThat(encode(union, "\"a\"")).isEqualTo("0a0261");
        assertThat(encode(union, "{\"long\": 1}")).isEqualTo("0402");
    }

    // ---- mistakes ----

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "21                              | the payload must be an object (Reading), is 21",
                "{\"celsius\": 1.5}              | 'celsius' must be a whole number of 32 bits, is 1.5",
                "{\"celsius\": 3000000000}       | 'celsius' must be a whole number of 32 bits, is 3000000000",
                "{}                              | the field 'celsius' of 'Reading' is missing, and has no default",
                "{\"celsius\": 1, \"note\": 2}   | 'note' must be of null or string, is 2",
                "{\"celsius\": 1, \"nota\": \"\"} | 'Reading' has no field 'nota', only celsius, note",
                "{\"celsius\"                    | the payload is not JSON"
            })
    void json_of_another_schema_is_rejected_with_the_field(String json, String message) {
        assertThatThrownBy(() -> encode(READING, json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "       | byte 0: the payload ends inside of a value",
                "2a     | byte 1: the payload ends inside of a value",
                "2a04   | byte 1: there is no type of the union with number 2, only 2",
                "2a0209 | byte 3: a length is negative",
                "2a02fe | the payload ends inside of a value",
                "2a0202ff | byte 2: a string is not UTF-8",
                "2a0000 | byte 2: more follows after the value",
                "ffffffffffffffffffffff00 | a number has more than 64 bits"
            })
    void a_damaged_payload_is_rejected_with_the_byte(@Nullable String hex, String message) {
        byte[] payload = HexFormat.of().parseHex(hex == null ? "" : hex);

        assertThatThrownBy(() -> decode(READING, payload)).hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{                                         | the file is not JSON",
                "{}                                        | the schema has no \"type\"",
                "\"flot\"                                  | the schema has the unknown type 'flot'",
                "{\"type\": \"record\", \"name\": \"R\"}       | record 'R' has no array of \"fields\"",
                "{\"type\": \"record\", \"name\": \"R\", \"fields\": [{\"name\": \"x\", \"type\": \"y\"}]} | field 'x' of 'R' has the unknown type 'y'",
                "{\"type\": \"enum\", \"name\": \"1\"}         | '1' is not a valid name",
                "{\"type\": \"fixed\", \"name\": \"F\", \"size\": -1} | fixed 'F' has no valid \"size\"",
                "[\"int\", \"int\"]                        | the union has 'int' twice",
                "[]                                        | the union has no types"
            })
    void a_schema_that_is_none_is_rejected_with_the_place(String json, String message) {
        assertThatThrownBy(() -> schema(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'test' is not an Avro schema: ")
                .hasMessageContaining(message);
    }

    @Test
    void single_objects_of_unknown_schemas_and_payloads_without_one_say_so() {
        byte[] single = AvroPayload.encodeSingleObject(READING, "{\"celsius\": 21}".getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> decode(null, single)).hasMessageContaining("no schema has the fingerprint ");
        assertThatThrownBy(() -> decode(schema("\"string\""), single))
                .hasMessageContaining("it starts as a single object does, but no schema has its fingerprint");
        assertThatThrownBy(() -> decode(null, new byte[1])).hasMessageContaining("the rule names no schema");
    }

    // ---- hostile payloads and schemas ----

    @Test
    void values_that_take_no_bytes_end_at_a_limit() {
        AvroSchema nulls = schema("{\"type\": \"array\", \"items\": \"null\"}");
        AvroSchema itself =
                schema("{\"type\": \"record\", \"name\": \"R\", \"fields\": [{\"name\": \"r\", \"type\": \"R\"}]}");

        assertThatThrownBy(() -> decode(nulls, HexFormat.of().parseHex("feffffffffffffffff01")))
                .hasMessageContaining("means more JSON than is shown");
        assertThatThrownBy(() -> decode(itself, new byte[0])).hasMessageContaining("nested deeper than 200 levels");
        assertThatThrownBy(() -> encode(itself, "{\"r\":".repeat(300) + "{}" + "}".repeat(300)))
                .hasMessageContaining("nested deeper than 200 levels");
    }

    @Test
    void a_container_that_inflates_without_end_or_has_another_codec_is_rejected() throws IOException {
        byte[] other = container("null", 1);
        byte[] renamed = new String(other, StandardCharsets.ISO_8859_1)
                .replace("\u0008null", "\u0008lzma")
                .getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> decode(null, renamed)).hasMessageContaining("compressed with 'lzma'");
        assertThatThrownBy(() -> decode(null, Arrays.copyOf(other, other.length - 1)))
                .hasMessageContaining("the payload ends inside of a value");
        assertThatThrownBy(() -> decode(null, bomb())).hasMessageContaining("more than 64 MiB when it is inflated");
    }

    private static byte[] bomb() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Schema schema = Schema.create(Schema.Type.STRING);
        try (DataFileWriter<String> writer = new DataFileWriter<>(new GenericDatumWriter<String>(schema))) {
            writer.setCodec(CodecFactory.deflateCodec(9)).create(schema, out);
            writer.append("x".repeat(65 << 20));
        }
        return out.toByteArray();
    }

    @Test
    void any_damage_to_any_encoding_is_read_or_rejected_with_a_sentence() throws IOException {
        Random random = new Random(1);
        Schema theirs = new Schema.Parser().parse(EVERYTHING);
        AvroSchema ours = schema(EVERYTHING);
        Object datum = new RandomData(theirs, 1, 3).iterator().next();
        List<byte[]> seeds = List.of(
                written(theirs, datum),
                new BinaryMessageEncoder<>(GenericData.get(), theirs)
                        .encode(datum)
                        .array(),
                container("deflate", 1, 2),
                EVERYTHING.getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < 20_000; i++) {
            byte[] seed = seeds.get(i % seeds.size()).clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                seed[random.nextInt(seed.length)] = (byte) random.nextInt();
            }
            byte[] damaged = random.nextBoolean() ? seed : Arrays.copyOf(seed, random.nextInt(seed.length));
            try {
                decode(ours, damaged, ours);
                AvroSchema.read("damaged", damaged);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }
}
