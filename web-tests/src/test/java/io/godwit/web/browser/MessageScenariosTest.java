package io.godwit.web.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import io.godwit.mqtt.protocol.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The message of a topic: the forms of its payload, its properties, and what changed. */
class MessageScenariosTest extends PageScenarios {
    private static final byte[] PNG = Base64.getDecoder()
            .decode(
                    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC");

    @Test
    void JSON_is_laid_out_folds_and_keeps_the_digits_of_its_numbers() {
        page.publish("a", "{\"id\":12345678901234567890,\"price\":1.50,\"inner\":{\"x\":1}}");
        browser.topic("a");
        browser.awaitText(".code", "\"id\": 12345678901234567890,");
        browser.awaitText(".code", "\"price\": 1.50,");
        browser.awaitText(".code", "\"x\": 1");

        browser.click("Fold /inner");

        browser.awaitText(".code", "1 member");
        assertThat(browser.text(".code")).doesNotContain("\"x\": 1");
    }

    @Test
    void every_payload_can_be_read_as_text_and_as_hex() {
        page.publish("a", "{\"temp\":21.5}");
        browser.topic("a");

        browser.choose(".decoder select", "text");
        browser.awaitText(".code", "{\"temp\":21.5}");
        browser.choose(".decoder select", "hex");

        browser.awaitText(".code", "7b 22 74 65 6d 70 22");
    }

    @Test
    void a_large_payload_is_complete() {
        showLargePayload();

        browser.click("Show everything");

        awaitLastLine("the end");
    }

    @Test
    void a_large_payload_stays_complete_with_another_decoder() {
        showLargePayload();
        browser.click("Show everything");
        awaitLastLine("the end");

        browser.choose(".decoder select", "hex");

        awaitLastLine("74 68 65 20 65 6e 64");
    }

    /** Half a megabyte, of which the page shows the beginning. */
    private void showLargePayload() {
        page.publish("a", ("0123456789".repeat(10) + "\n").repeat(5_000) + "the end");
        browser.topic("a");
        browser.choose(".decoder select", "text");
    }

    private void awaitLastLine(String part) {
        await("'" + part + "' at the end of the payload").atMost(Browser.SOON).until(() -> {
            browser.run("const it = document.querySelector('.code'); it.scrollTop = it.scrollHeight");
            return browser.text(".code").contains(part) && !browser.has("Show everything");
        });
    }

    @Test
    void CBOR_and_MessagePack_are_decoded() {
        page.publish("a", HexFormat.of().parseHex("a16474656d70fb4035800000000000"));
        page.publish("b", HexFormat.of().parseHex("81a474656d70cb4035800000000000"));

        browser.topic("a");
        browser.choose(".decoder select", "cbor");
        browser.awaitText(".code", "\"temp\": 21.5");
        browser.topic("b");
        browser.choose(".decoder select", "msgpack");

        browser.awaitText(".code", "\"temp\": 21.5");
    }

    @Test
    void protobuf_is_decoded_with_the_users_descriptors_by_a_rule_for_the_topic() throws IOException {
        Path descriptors = folder.resolve("plant.desc");
        Files.write(descriptors, descriptorSet().toByteArray());
        page.publish("plant/raw", HexFormat.of().parseHex("090000000000803540"));

        browser.click("Decoder rules");
        browser.upload("label.button input[type=file]", descriptors);
        browser.awaitText("dialog", "plant (1 types)");
        browser.click("Rule");
        browser.type("dialog li:first-child input", "plant/raw");
        browser.choose("dialog li:first-child select", "protobuf");
        await().atMost(Browser.SOON)
                .until(() -> !browser.texts("dialog li:first-child select[aria-label='Message type']")
                        .isEmpty());
        browser.choose("dialog li:first-child select[aria-label='Message type']", "plant plant.Reading");
        browser.click("Use these rules");
        browser.topic("plant/raw");

        browser.awaitText(".code", "\"temp\": 21.5");
    }

    @Test
    void avro_is_decoded_with_the_users_schema_by_a_rule_for_the_topic() throws IOException {
        Path schema = Files.writeString(
                folder.resolve("reading.avsc"),
                "{\"type\": \"record\", \"name\": \"Reading\", \"fields\": [{\"name\": \"temp\", \"type\": \"double\"}]}");
        page.publish("plant/avro", HexFormat.of().parseHex("0000000000803540"));

        browser.click("Decoder rules");
        browser.upload("label.button:nth-of-type(2) input[type=file]", schema);
        browser.awaitText("dialog", "reading (Reading)");
        browser.click("Rule");
        browser.type("dialog li:first-child input", "plant/avro");
        browser.choose("dialog li:first-child select", "avro");
        await().atMost(Browser.SOON)
                .until(() -> !browser.texts("dialog li:first-child select[aria-label='Schema']")
                        .isEmpty());
        browser.choose("dialog li:first-child select[aria-label='Schema']", "reading");
        browser.click("Use these rules");
        browser.topic("plant/avro");

        browser.awaitText(".code", "\"temp\": 21.5");
    }

    private static FileDescriptorSet descriptorSet() {
        FieldDescriptorProto temp = FieldDescriptorProto.newBuilder()
                .setName("temp")
                .setNumber(1)
                .setType(FieldDescriptorProto.Type.TYPE_DOUBLE)
                .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
                .build();
        return FileDescriptorSet.newBuilder()
                .addFile(FileDescriptorProto.newBuilder()
                        .setName("plant.proto")
                        .setPackage("plant")
                        .setSyntax("proto3")
                        .addMessageType(
                                DescriptorProto.newBuilder().setName("Reading").addField(temp)))
                .build();
    }

    @Test
    void Sparkplug_shows_metrics_by_name() {
        // timestamp 1, one metric: name "temp", datatype 10 (Double), double_value 21.5
        byte[] payload = HexFormat.of().parseHex("0801" + "1211" + "0a0474656d70" + "200a" + "690000000000803540");
        page.publish("spBv1.0/group/NBIRTH/node", payload);

        browser.topic("spBv1.0/group/NBIRTH/node");

        browser.awaitText(".code", "temp");
        browser.awaitText(".code", "21.5");
    }

    @Test
    void an_image_is_shown() {
        page.publish("camera", PNG);
        browser.topic("camera");

        browser.choose(".decoder select", "image");

        await().atMost(Browser.SOON)
                .until(() -> Long.valueOf(10)
                        .equals(browser.run("return document.querySelector('.image img')?.naturalWidth")));
        browser.awaitText(".image", "image/png, 10 × 10");
    }

    @Test
    void all_MQTT_5_properties_of_a_message_are_shown() {
        page.publish(Message.of("a", "x")
                .withContentType("text/plain")
                .withUtf8(true)
                .withExpiry(Duration.ofSeconds(120))
                .withResponseTopic("answers/7")
                .withCorrelationData(new byte[] {1, 2, 3})
                .withUserProperty("site", "north")
                .withUserProperty("site", "south"));

        browser.topic("a");

        for (String part :
                new String[] {"text/plain", "UTF-8 text", "s (", "answers/7", "AQID", "site\nnorth", "site\nsouth"}) {
            browser.awaitText(".properties", part);
        }
    }

    @Test
    void the_changes_to_the_message_before_it_are_shown() {
        page.publish("a", "{\"temp\":20,\"same\":1,\"old\":true}");
        page.publish("a", "{\"temp\":21,\"same\":1,\"new\":true}");
        browser.topic("a");

        browser.click("Changes");

        browser.awaitText(".diff", "3 changes");
        browser.awaitText(".diff tr.changed", "/temp");
        browser.awaitText(".diff tr.added", "/new");
        browser.awaitText(".diff tr.removed", "/old");
    }

    @Test
    void a_message_can_be_compared_with_any_earlier_one() {
        page.publish("a", "1");
        page.publish("a", "2");
        page.publish("a", "3");
        browser.topic("a");
        browser.click("Changes");
        browser.awaitText(".diff del", "2");
        await().atMost(Browser.SOON)
                .until(() -> Long.valueOf(3)
                        .equals(browser.run("return document.querySelectorAll('.diff select option').length")));

        browser.choose(
                ".diff select",
                String.valueOf(browser.run("return document.querySelector('.diff select option:last-child').value")));

        browser.awaitText(".diff del", "1");
        browser.awaitText(".diff ins", "3");
    }

    @Test
    void a_payload_is_never_HTML() {
        String evil = "<img src=x onerror='document.title=\"owned\"'><script>document.title=\"owned\"</script>";
        page.publish("evil/" + "<svg onload=alert(1)>", evil);

        browser.topic("evil/<svg onload=alert(1)>");
        browser.choose(".decoder select", "text");

        browser.awaitText(".code", evil);
        assertThat(browser.run("return document.querySelectorAll('#app img, #app script').length"))
                .isEqualTo(0L);
        assertThat(browser.run("return document.title")).asString().doesNotContain("owned");
    }

    @Test
    void terminal_escapes_and_text_that_runs_backwards_are_made_visible() {
        page.publish("a", "\u001b[31mred\u202egnp.exe");
        browser.topic("a");

        browser.choose(".decoder select", "text");

        browser.awaitText(".code", "␛[31mred⟨202E⟩gnp.exe");
    }

    @Test
    void messages_below_a_topic_are_shown_as_they_arrive() {
        page.publish("plant/a", "1");
        browser.topic("plant");
        browser.click("Live");
        browser.awaitText(".live", "Waiting");

        page.publish("plant/a", "first value");
        page.publish("plant/b/c", "second value");

        browser.awaitText(".log", "first value");
        browser.awaitText(".log", "plant/b/c");
    }
}
