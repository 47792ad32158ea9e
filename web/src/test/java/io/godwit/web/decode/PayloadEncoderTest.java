package io.godwit.web.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON in other formats. */
class PayloadEncoderTest {
    private static byte[] encode(String format, String json) {
        return PayloadEncoders.of(format, Decoding.usual()).encode(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cbor    | {\"t\":21}             | a1617415",
                "cbor    | [1,-1,\"a\",true,null]  | 8501206161f5f6",
                "cbor    | 1.5                    | fb3ff8000000000000",
                "msgpack | {\"t\":21}             | 81a17415",
                "msgpack | [1,-1,\"a\",true,null]  | 9501ffa161c3c0",
                "msgpack | 1.5                    | cb3ff8000000000000",
                "msgpack | 18446744073709551615   | cfffffffffffffffff"
            })
    void values_become_their_own_kinds(String format, String json, String hex) {
        assertThat(HexFormat.of().formatHex(encode(format, json))).isEqualTo(hex);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cbor", "msgpack"})
    void what_is_encoded_can_be_decoded(String name) {
        String json = "{\"a\":[1,2.5,{\"b\":\"µ\"}],\"c\":null,\"d\":false,\"e\":-9223372036854775808}";
        byte[] payload = encode(name, json);
        DecoderKind kind = DecoderKind.of(name);

        Decoded decoded = Decoding.usual().decode("t", payload, kind, topic -> null);

        assertThat(decoded.error()).isNull();
        assertThat(decoded.text().replaceAll("\\s", "")).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{} {}", "hello", "[1,]"})
    void what_is_not_one_json_value_is_rejected(String json) {
        assertThatThrownBy(() -> encode("cbor", json)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> encode("msgpack", json)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_number_beyond_64_bits_and_an_unknown_name_are_rejected() {
        assertThatThrownBy(() -> encode("msgpack", "18446744073709551616"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PayloadEncoders.of("xml", Decoding.usual()))
                .hasMessage(
                        "unknown encoder 'xml': use cbor, msgpack, sparkplug, protobuf:TYPE, avro:FILE or avro-single:FILE");
        assertThatThrownBy(() -> PayloadEncoders.of("avro", Decoding.usual()))
                .hasMessage("the encoder avro needs a type: use avro:FILE.avsc");
    }

    // ---- protobuf ----

    private static Decoding plant() {
        DescriptorProto.Builder reading = DescriptorProto.newBuilder()
                .setName("Reading")
                .addField(field("celsius", 1, Type.TYPE_DOUBLE))
                .addField(field("count", 2, Type.TYPE_UINT64))
                .addField(field("raw_bytes", 3, Type.TYPE_BYTES))
                .addField(field("tags", 4, Type.TYPE_STRING).setLabel(Label.LABEL_REPEATED))
                .addField(field("kind", 5, Type.TYPE_ENUM).setTypeName(".plant.Kind"))
                .addField(field("below", 6, Type.TYPE_MESSAGE).setTypeName(".plant.Reading"))
                .addField(field("delta", 7, Type.TYPE_SINT32));
        EnumDescriptorProto kind = EnumDescriptorProto.newBuilder()
                .setName("Kind")
                .addValue(EnumValueDescriptorProto.newBuilder().setName("COLD").setNumber(0))
                .addValue(EnumValueDescriptorProto.newBuilder().setName("HOT").setNumber(1))
                .build();
        FileDescriptorProto file = FileDescriptorProto.newBuilder()
                .setName("plant.proto")
                .setPackage("plant")
                .addMessageType(reading)
                .addEnumType(kind)
                .build();
        return Decoding.usual()
                .withDescriptors(DescriptorSet.read(
                        "plant",
                        FileDescriptorSet.newBuilder().addFile(file).build().toByteArray()))
                .withRules(List.of(DecodeRule.parse("t=protobuf:plant.Reading")));
    }

    private static FieldDescriptorProto.Builder field(String name, int number, Type type) {
        return FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setLabel(Label.LABEL_OPTIONAL)
                .setType(type);
    }

    private static byte[] protobuf(String json) {
        return PayloadEncoders.of("protobuf:plant.Reading", plant()).encode(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_message_of_protobuf_is_what_its_decoder_shows() {
        String json =
                "{\"celsius\":21.5,\"count\":18446744073709551615,\"raw_bytes\":\"h'0a0b'\",\"tags\":[\"a\",\"b\"],"
                        + "\"kind\":\"HOT\",\"below\":{\"celsius\":1.0},\"delta\":-7}";

        byte[] payload = protobuf(json);

        assertThat(plant().decode("t", payload, null, topic -> null).text().replaceAll("\\s", ""))
                .isEqualTo(json);
        assertThat(HexFormat.of().formatHex(protobuf("{\"rawBytes\": \"h'01'\", \"kind\": 1, \"tags\": null}")))
                .isEqualTo("1a01012801");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]                        | the payload must be an object (plant.Reading)",
                "{\"c\": 1}                 | 'c': plant.Reading has no such field",
                "{\"celsius\": \"a\"}        | 'celsius' must be a number, is \"a\"",
                "{\"count\": -1}             | 'count' must be a whole number of 64 bits, not negative, is -1",
                "{\"below\": {\"tags\": [1]}} | 'below.tags[0]' must be a string, is 1",
                "{\"kind\": \"WARM\"}        | 'kind' must be a value of plant.Kind, is \"WARM\"",
                "{\"raw_bytes\": \"0a\"}     | 'raw_bytes' must be bytes"
            })
    void json_of_another_message_is_rejected_with_the_field(String json, String message) {
        assertThatThrownBy(() -> protobuf(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    // ---- Sparkplug ----

    @Test
    void a_payload_of_sparkplug_is_what_its_decoder_shows() {
        String json = "{\"timestamp\":\"2026-01-31T12:00:00Z\",\"seq\":3,\"metrics\":{"
                + "\"Pump/Speed\":{\"value\":-2,\"type\":\"Int8\",\"alias\":7},"
                + "\"Level\":{\"value\":1.5,\"type\":\"Float\",\"historical\":true},"
                + "\"Since\":{\"value\":\"2026-01-31T11:00:00Z\",\"type\":\"DateTime\"},"
                + "\"alias9\":{\"value\":null,\"type\":\"UInt64\"}}}";

        byte[] payload = encode("sparkplug", json.replace("alias9", "alias 9"));

        assertThat(Decoding.usual()
                        .decode("spBv1.0/g/NDATA/e", payload, null, topic -> null)
                        .text()
                        .replaceAll("\\s", ""))
                .isEqualTo(json.replace("\"UInt64\"}", "\"UInt64\",\"alias\":9}"));
    }

    @Test
    void a_value_alone_becomes_a_metric_of_the_type_that_holds_it() {
        byte[] payload = encode("sparkplug", "{\"metrics\":{\"a\":1,\"b\":1.5,\"c\":true,\"d\":\"x\"}}");

        assertThat(Decoding.usual()
                        .decode("t", payload, DecoderKind.SPARKPLUG, topic -> null)
                        .text()
                        .replaceAll("\\s", ""))
                .contains(
                        "\"a\":{\"value\":1,\"type\":\"Int64\"}",
                        "\"b\":{\"value\":1.5,\"type\":\"Double\"}",
                        "\"c\":{\"value\":true,\"type\":\"Boolean\"}",
                        "\"d\":{\"value\":\"x\",\"type\":\"String\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\": 1}                                            | 'a' cannot be encoded, only body, metrics",
                "{\"metrics\": {\"a\": {\"value\": 1, \"type\": \"Int\"}}}   | 'metrics.a.type' must be a data type of Sparkplug",
                "{\"metrics\": {\"a\": {\"value\": 300, \"type\": \"Int8\"}}} | 'metrics.a' must be a whole number of 8 bits",
                "{\"metrics\": {\"a\": {\"value\": [], \"type\": \"DataSet\"}}} | a DataSet cannot be encoded",
                "{\"metrics\": {\"a\": {\"value\": 1, \"properties\": {}}}}   | 'metrics.a.properties' cannot be encoded"
            })
    void what_sparkplug_cannot_have_is_rejected_with_the_metric(String json, String message) {
        assertThatThrownBy(() -> encode("sparkplug", json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
