package io.godwit.cli.doctor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.netty.SharedTransport;
import io.godwit.testkit.TestBroker;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransportCheckTest {
    private final List<String> told = new ArrayList<>();

    /** Transport options for a name with both of these addresses. */
    private static TransportOptions options(TestBroker broker, String... addresses) {
        return TransportOptions.to("mqtt://broker.example:" + broker.port()).toBuilder()
                .connectTimeout(Duration.ofSeconds(5))
                .resolver(host -> {
                    List<InetAddress> all = new ArrayList<>();
                    for (String address : addresses) {
                        all.add(InetAddress.getByName(address));
                    }
                    return all;
                })
                .build();
    }

    private Report report(TransportOptions options) {
        return new Report(
                options.servers().get(0),
                finding -> told.add(finding.status() + " " + finding.step() + " " + finding.text()));
    }

    @Test
    void each_address_is_tried_and_one_that_fails_is_a_warning() throws Exception {
        try (TestBroker broker = TestBroker.start()) {
            TransportOptions options = options(broker, "127.0.0.9", "127.0.0.1");
            Report report = report(options);

            TransportOptions found = new TransportCheck(options, SharedTransport.get(), report).run();

            assertThat(told)
                    .satisfiesExactly(
                            name -> assertThat(name).isEqualTo("GOOD NAME broker.example is 127.0.0.9, 127.0.0.1"),
                            first -> assertThat(first)
                                    .startsWith("WARNING NETWORK broker.example:")
                                    .contains("refused"),
                            second -> assertThat(second)
                                    .isEqualTo("GOOD NETWORK 127.0.0.1 answers on port " + broker.port()));
            assertThat(report.diagnosis()).isNull();
            assertThat(found.resolver().resolve("broker.example")).containsExactly(InetAddress.getByName("127.0.0.1"));
        }
    }

    @Test
    void if_no_address_answers_each_is_reported_and_the_step_fails_once() throws Exception {
        try (TestBroker broker = TestBroker.start()) {
            TransportOptions options = options(broker, "127.0.0.8", "127.0.0.9");
            Report report = report(options);

            assertThat(new TransportCheck(options, SharedTransport.get(), report).run())
                    .isNull();

            assertThat(told)
                    .filteredOn(line -> line.startsWith("FAILED NETWORK"))
                    .hasSize(2);
            assertThat(report.diagnosis()).extracting(Diagnosis::step).isEqualTo(CheckStep.NETWORK);
        }
    }

    @Test
    void unknown_peers_are_recognized_by_their_first_bytes() {
        assertThat(FirstBytes.describe("HTTP/1.1 400 Bad Request".getBytes(ISO_8859_1)))
                .isEqualTo("an HTTP server");
        assertThat(FirstBytes.describe("SSH-2.0-OpenSSH".getBytes(ISO_8859_1))).isEqualTo("an SSH server");
        assertThat(FirstBytes.describe(new byte[] {0x15, 3, 1, 0, 2, 2, 22})).isEqualTo("a TLS server");
        assertThat(FirstBytes.describe("220 mail\r\n".getBytes(ISO_8859_1)))
                .isEqualTo("something that begins with '220 mail\\x0d\\x0a'");
        assertThat(FirstBytes.describe(new byte[0])).isEmpty();
    }
}
