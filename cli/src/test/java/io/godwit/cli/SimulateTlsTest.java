package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.checks.Mosquitto;
import io.godwit.cli.output.ExitCodes;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code simulate} over TLS: each device shows a certificate of its own, which the broker takes for its name. */
@Timeout(180)
class SimulateTlsTest {

    private static final String FLEET = """
            identities: devices.csv
            client-id: c-${id}
            certificate: ${id}.crt
            key: ${id}.key
            publish: [{topic: "home/${id}", payload: x, every: 200ms, qos: 1}]
            """;

    @TempDir
    Path folder;

    private final X509Bundle authority =
            certificate("CN=Test Authority").setIsCertificateAuthority(true).buildSelfSigned();

    SimulateTlsTest() throws Exception {}

    private static CertificateBuilder certificate(String subject) {
        return new CertificateBuilder().ecp256().subject(subject);
    }

    private void write(String name, X509Bundle bundle) throws Exception {
        Files.writeString(folder.resolve(name + ".crt"), bundle.getCertificatePathPEM());
        Files.writeString(folder.resolve(name + ".key"), bundle.getPrivateKeyPEM());
    }

    private Mosquitto broker() throws Exception {
        Files.writeString(folder.resolve("ca.pem"), authority.getCertificatePEM());
        write("server", certificate("CN=broker").addSanDnsName("localhost").buildIssuedBy(authority));
        return Mosquitto.in(folder)
                .settings("log_type all")
                .listener(
                        "cafile " + folder.resolve("ca.pem"),
                        "certfile " + folder.resolve("server.crt"),
                        "keyfile " + folder.resolve("server.key"),
                        "require_certificate true",
                        "use_identity_as_username true")
                .start();
    }

    private Command simulate(Mosquitto broker, String... more) throws Exception {
        Files.writeString(folder.resolve("devices.csv"), "id\nkitchen\nhall\n");
        Path fleet = Files.writeString(folder.resolve("fleet.yaml"), FLEET);
        List<String> line = new ArrayList<>(List.of(
                "simulate", fleet.toString(), "--url", "mqtts://localhost:" + broker.port(), "--duration", "2s"));
        line.addAll(List.of(more));
        return Command.godwit(line.toArray(new String[0]));
    }

    @Test
    void each_device_connects_with_its_own_certificate() throws Exception {
        write("kitchen", certificate("CN=the kitchen").buildIssuedBy(authority));
        write("hall", certificate("CN=the hall").buildIssuedBy(authority));
        try (Mosquitto broker = broker();
                Command run = simulate(broker, "--cafile", "" + folder.resolve("ca.pem"))) {
            run.ends(0);

            assertThat(broker.log())
                    .containsPattern("as c-kitchen .*u'the kitchen'")
                    .containsPattern("as c-hall .*u'the hall'");
            assertThat(run.output()).contains("2 of 2");
        }
    }

    @Test
    void a_server_that_is_not_trusted_gets_no_device() throws Exception {
        write("kitchen", certificate("CN=the kitchen").buildIssuedBy(authority));
        write("hall", certificate("CN=the hall").buildIssuedBy(authority));
        try (Mosquitto broker = broker();
                Command run = simulate(broker)) {
            run.ends(ExitCodes.UNREACHABLE);

            assertThat(run.errors()).contains("comes from an authority that is not trusted");
            assertThat(broker.log()).doesNotContain("as c-kitchen");
        }
    }
}
