package io.godwit.web.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import io.godwit.web.decode.Decoded.Form;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.msgpack.core.MessageBufferPacker;

class DecodingTest {
    private final Map<String, byte[]> lastPayloads = new HashMap<>();

    @Test
    void json_is_laid_out_and_its_numbers_stay_as_they_were_written() {
        Decoded decoded = decode("json", "{\"a\":1.50,\"b\":[12345678901234567890,1e3],\"c\":{}}");

        assertThat(decoded.form()).isEqualTo(Form.JSON);
        assertThat(decoded.error()).isNull();
        assertThat(decoded.text())
                .isEqualTo("{\n  \"a\": 1.50,\n  \"b\": [\n    12345678901234567890,\n    1e3\n  ],\n  \"c\": {}\n}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{\"a\":1} x", "{\"a\":1", "hello", "{\"a\":1}{}", "01"})
    void what_is_no_json_is_shown_as_text_with_the_reason(String payload) {
        Decoded decoded = decode("json", payload);

        assertThat(decoded.form()).isEqualTo(Form.TEXT);
        assertThat(decoded.text()).isEqualTo(payload);
        assertThat(decoded.error()).isNotNull();
    }

    @Test
    void json_nested_too_deep_is_shown_as_text() {
        Decoded decoded = decode("json", "[".repeat(100_000) + "]".repeat(100_000));

        assertThat(decoded.form()).isEqualTo(Form.TEXT);
        assertThat(decoded.error()).contains("depth");
    }

    @Test
    void invalid_utf8_is_shown_in_hexadecimal() {
        Decoded decoded = decode("text", new byte[] {'a', (byte) 0xC3, (byte) 0x28});

        assertThat(decoded.form()).isEqualTo(Form.HEX);
        assertThat(decoded.error()).isEqualTo("the payload is not UTF-8");
        assertThat(decoded.text()).isEqualTo("00000000  61 c3 28                                          a.(\n");
    }

    @Test
    void cbor_is_shown_as_json() {
        byte[] payload = HexFormat.of().parseHex("a461610161624301020361631bffffffffffffffff6164c11a514b67b0");

        assertThat(compact(decode("cbor", payload)))
                .isEqualTo(
                        "{\"a\":1,\"b\":\"h'010203'\",\"c\":18446744073709551615,\"d\":{\"tag\":1,\"value\":1363896240}}");
    }

    @ParameterizedTest
    @CsvSource({"a1", "9f0102", "5bffffffffffffffff", "0101", "''"})
    void damaged_cbor_is_shown_in_another_form_with_the_reason(String hex) {
        Decoded decoded = decode("cbor", HexFormat.of().parseHex(hex));

        assertThat(decoded.error()).isNotBlank();
        assertThat(decoded.form()).isNotEqualTo(Form.JSON);
    }

    @Test
    void messagepack_is_shown_as_json() throws Exception {
        byte[] payload;
        try (MessageBufferPacker packer = org.msgpack.core.MessagePack.newDefaultBufferPacker()) {
            packer.packMapHeader(3)
                    .packString("temp")
                    .packDouble(21.5)
                    .packString("raw")
                    .packBinaryHeader(2)
                    .writePayload(new byte[] {1, 2})
                    .packInt(7)
                    .packArrayHeader(2)
                    .packNil()
                    .packBoolean(true);
            payload = packer.toByteArray();
        }

        assertThat(compact(decode("msgpack", payload)))
                .isEqualTo("{\"temp\":21.5,\"raw\":\"h'0102'\",\"7\":[null,true]}");
    }

    @ParameterizedTest
    @CsvSource({"dfffffffff", "ddffffffff", "c6ffffffff", "dbffffffff00", "c1", "0101"})
    void damaged_messagepack_takes_no_memory_and_says_why(String hex) {
        Decoded decoded = decode("msgpack", HexFormat.of().parseHex(hex));

        assertThat(decoded.error()).isNotBlank();
    }

    @Test
    void protobuf_is_decoded_with_the_users_descriptors() {
        FileDescriptorProto file = FileDescriptorProto.newBuilder()
                .setName("plant.proto")
                .setPackage("plant")
                .addMessageType(DescriptorProto.newBuilder()
                        .setName("Reading")
                        .addField(FieldDescriptorProto.newBuilder()
                                .setName("temp")
                                .setNumber(1)
                                .setType(FieldDescriptorProto.Type.TYPE_DOUBLE)
                                .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)))
                .build();
        DescriptorSet set = DescriptorSet.read(
                "plant", FileDescriptorSet.newBuilder().addFile(file).build().toByteArray());
        Decoding decoding = Decoding.usual()
                .withDescriptors(set)
                .withRules(List.of(DecodeRule.parse("plant/+=protobuf:plant.Reading")));
        // field 1: 1.5, and a field 2 that the type does not have: 5
        byte[] payload = HexFormat.of().parseHex("09000000000000f83f1005");

        Decoded decoded = decoding.decode("plant/a", payload, null, topic -> null);

        assertThat(compact(decoded)).isEqualTo("{\"temp\":1.5,\"#2\":[5]}");
        assertThat(set.types()).containsExactly("plant.Reading");
    }

    @Test
    void a_rule_for_an_unknown_type_is_refused() {
        assertThatThrownBy(() -> Decoding.usual().withRules(List.of(DecodeRule.parse("a=protobuf:x.Y"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown message type 'x.Y'");
    }

    @Test
    void sparkplug_takes_the_names_of_aliases_from_the_birth_certificate() {
        lastPayloads.put(
                "spBv1.0/group/NBIRTH/edge",
                payload(metric("name", "Pump/Speed", "alias", 7L, "datatype", 1, "int_value", 255)));
        byte[] data = payload(metric("alias", 7L, "int_value", 254), metric("alias", 8L, "double_value", 1.5));

        Decoded decoded = decode("spBv1.0/group/NDATA/edge", data);

        assertThat(compact(decoded))
                .isEqualTo("{\"timestamp\":\"1970-01-01T00:00:01Z\",\"seq\":3,\"metrics\":{\"Pump/Speed\":"
                        + "{\"value\":-2,\"type\":\"Int8\",\"alias\":7},\"alias 8\":{\"value\":1.5,\"alias\":8}}}");
        assertThat(decoded.note()).isEqualTo("names of aliases are from spBv1.0/group/NBIRTH/edge");
        assertThat(decoded.decoder()).isEqualTo(DecoderKind.SPARKPLUG);
    }

    @Test
    void the_states_of_sparkplug_are_json() {
        assertThat(decode("spBv1.0/STATE/host", "{\"online\":true}".getBytes(StandardCharsets.UTF_8))
                        .decoder())
                .isEqualTo(DecoderKind.JSON);
    }

    @Test
    void an_image_shows_only_its_type_and_size() {
        byte[] png = HexFormat.of().parseHex("89504e470d0a1a0a0000000d4948445200000040000000200806000000");

        Decoded decoded = decode("image", png);

        assertThat(decoded.image()).isEqualTo(new ImageType("image/png", 64, 32));
        assertThat(decoded.text()).isEmpty();
        assertThat(decode("image", "<svg xmlns='http://www.w3.org/2000/svg'/>").error())
                .isNotNull();
    }

    @Test
    void a_preview_is_one_short_line_without_control_characters() {
        String text = "{\n  \"a\": \"\u001b[31m\"\n}" + "x".repeat(500);

        Decoding.Preview preview = Decoding.usual().preview("a", text.getBytes(StandardCharsets.UTF_8), topic -> null);

        assertThat(preview.text())
                .startsWith("{ \"a\": \" [31m\" }xxx")
                .hasSizeLessThanOrEqualTo(200)
                .endsWith("…");
    }

    private Decoded decode(String decoderOrTopic, String payload) {
        return decode(decoderOrTopic, payload.getBytes(StandardCharsets.UTF_8));
    }

    /** With the decoder of this name; for a topic with slashes, by its rule. */
    private Decoded decode(String decoderOrTopic, byte[] payload) {
        boolean isTopic = decoderOrTopic.indexOf('/') >= 0;
        return Decoding.usual()
                .decode(
                        isTopic ? decoderOrTopic : "a",
                        payload,
                        isTopic ? null : DecoderKind.of(decoderOrTopic),
                        lastPayloads::get);
    }

    private static String compact(Decoded decoded) {
        assertThat(decoded.error()).isNull();
        return decoded.text().replaceAll("\n *", "").replace("\": ", "\":");
    }

    private static DynamicMessage metric(Object... fields) {
        Descriptor type = SparkplugSchema.PAYLOAD.findFieldByName("metrics").getMessageType();
        DynamicMessage.Builder metric = DynamicMessage.newBuilder(type);
        for (int i = 0; i < fields.length; i += 2) {
            FieldDescriptor field = type.findFieldByName((String) fields[i]);
            metric.setField(field, fields[i + 1]);
        }
        return metric.build();
    }

    private static byte[] payload(DynamicMessage... metrics) {
        Descriptor type = SparkplugSchema.PAYLOAD;
        DynamicMessage.Builder payload = DynamicMessage.newBuilder(type)
                .setField(type.findFieldByName("timestamp"), 1_000L)
                .setField(type.findFieldByName("seq"), 3L);
        for (DynamicMessage metric : metrics) {
            payload.addRepeatedField(type.findFieldByName("metrics"), metric);
        }
        ByteString bytes = payload.build().toByteString();
        return bytes.toByteArray();
    }
}
