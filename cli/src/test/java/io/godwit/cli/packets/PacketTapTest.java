package io.godwit.cli.packets;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.packets.PacketTap.Direction;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.netty.buffer.Unpooled;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is not MQTT is shown too, and even then nothing in it that is secret. */
class PacketTapTest {
    private static final String PASSWORD = "736563726574";
    /** CONNECT of 3.1.1 as "a", with user "u" and the password "secret". */
    private static final String CONNECT =
            "1018" + "00044d5154540" + "4c2003c" + "000161" + "000175" + "0006" + PASSWORD;

    private final List<SeenPacket> seen = new ArrayList<>();
    private final PacketTap tap = new PacketTap("", ProtocolVersion.V3_1_1, Clock.systemUTC(), seen::add);

    @Test
    void a_password_is_masked_in_a_connect_that_cannot_be_read() {
        pass(CONNECT.replace("04c2003c", "04c3003c")); // the reserved flag is set

        assertThat(hex())
                .singleElement()
                .asString()
                .startsWith("101800044d51545404c3003c**")
                .doesNotContain(PASSWORD);
    }

    @Test
    void a_password_is_masked_in_a_connect_with_an_unknown_protocol() {
        pass(CONNECT.replace("00044d515454", "00ff4d515454"));

        assertThat(hex()).singleElement().asString().startsWith("1018**").doesNotContain(PASSWORD);
    }

    @Test
    void authentication_data_is_masked_in_a_packet_that_cannot_be_read() {
        pass("f00c" + "18" + "0a" + "7f00" + "160006" + PASSWORD.substring(2)); // 7f is not a property

        assertThat(hex())
                .singleElement()
                .asString()
                .startsWith("f00c180a7f00**")
                .doesNotContain(PASSWORD.substring(2));
    }

    @Test
    void of_a_chunk_whose_end_is_broken_only_the_end_is_shown_as_broken() {
        pass(CONNECT + "30ffffffffff");

        assertThat(seen)
                .extracting(SeenPacket::text)
                .hasSize(2)
                .last()
                .asString()
                .startsWith("not MQTT: ");
        assertThat(hex().get(1)).isEqualTo("30ffffffffff");
        assertThat(String.join("", hex())).doesNotContain(PASSWORD);
    }

    @Test
    void a_connect_that_came_in_pieces_is_not_shown_again_when_its_end_is_broken() {
        pass(CONNECT.substring(0, 40));
        pass(CONNECT.substring(40) + "30ffffffffff");

        assertThat(hex().get(1)).isEqualTo("30ffffffffff");
    }

    private void pass(String hex) {
        tap.pass(Direction.TO_BROKER, Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex)));
    }

    private List<String> hex() {
        return seen.stream().map(packet -> packet.hex().compact()).toList();
    }
}
