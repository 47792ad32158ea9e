package io.godwit.mqtt.client.road;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Through real proxies to a real broker: Dante for SOCKS, Tinyproxy for HTTP. Skipped where one is not installed. */
@DisplayName("Real proxies")
class RealProxiesTest {

    @TempDir
    Path folder;

    private Process start(int port, String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("proxy.out").toFile())
                .start();
        await().until(() -> Mosquitto.answers(port));
        return process;
    }

    private static void throughAndBack(Mosquitto broker, String host, String proxy) throws Exception {
        for (String address : new String[] {
            "mqtt://" + host + ":" + broker.tcp,
            "mqtts://" + host + ":" + broker.tls,
            "wss://" + host + ":" + broker.wss
        }) {
            Road road = Road.to(address).toBuilder()
                    .proxy(ProxyServer.parse(proxy))
                    .tls(Tls.builder().ca(broker.authority.getCertificatePEM()).build())
                    .build();
            try (MqttClient client = MqttClient.builder().road(road).build()) {
                client.connect();
                MosquittoRoadsTest.roundTrip(client, "proxies");
            }
        }
    }

    @Test
    void dante() throws Exception {
        Path program = Mosquitto.program("danted");
        Mosquitto.program("mosquitto");
        int port = Mosquitto.freePort();
        Path configuration = folder.resolve("danted.conf");
        Files.writeString(
                configuration,
                "logoutput: " + folder + "/danted.log\ninternal: 127.0.0.1 port = " + port
                        + "\nexternal: lo\nclientmethod: none\nsocksmethod: none\nuser.privileged: root\n"
                        + "user.unprivileged: root\n"
                        + "client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }\n"
                        + "socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }\n");
        try (Mosquitto broker = new Mosquitto(folder)) {
            Process dante = start(port, program.toString(), "-f", configuration.toString());
            try {
                throughAndBack(broker, "localhost", "socks5://127.0.0.1:" + port);
                throughAndBack(broker, "127.0.0.1", "socks4://127.0.0.1:" + port); // which knows no IPv6
            } finally {
                end(dante);
            }
        }
    }

    @Test
    void tinyproxy() throws Exception {
        Path program = Mosquitto.program("tinyproxy");
        Mosquitto.program("mosquitto");
        int port = Mosquitto.freePort();
        Path configuration = folder.resolve("tinyproxy.conf");
        Files.writeString(
                configuration,
                "Port " + port + "\nListen 127.0.0.1\nTimeout 600\nAllow 127.0.0.1\nBasicAuth user secret\nLogFile \""
                        + folder + "/tinyproxy.log\"\n");
        try (Mosquitto broker = new Mosquitto(folder)) {
            Process tinyproxy = start(port, program.toString(), "-d", "-c", configuration.toString());
            try {
                throughAndBack(broker, "localhost", "http://user:secret@127.0.0.1:" + port);

                Road without = Road.to("mqtt://localhost:" + broker.tcp).toBuilder()
                        .proxy(ProxyServer.parse("http://127.0.0.1:" + port))
                        .build();
                try (MqttClient client = MqttClient.builder().road(without).build()) {
                    assertThatThrownBy(client::connect)
                            .isInstanceOf(MqttConnectException.class)
                            .hasStackTraceContaining("it wants credentials");
                }
            } finally {
                end(tinyproxy);
            }
        }
    }

    private static void end(Process process) throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
