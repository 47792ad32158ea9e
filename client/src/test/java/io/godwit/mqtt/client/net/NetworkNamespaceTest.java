package io.godwit.mqtt.client.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker behind a real network of two namespaces, which {@code src/test/scripts/network-namespaces} makes. */
class NetworkNamespaceTest {
    @TempDir
    private Path folder;

    @Test
    @DisplayName(
            "one of two addresses drops every packet: the client connects to the other without waiting for a timeout")
    void a_silent_address_is_overtaken() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "not root, so no network namespaces");
        for (String program : List.of("ip", "mosquitto")) {
            assumeTrue(isInstalled(program), program + " is not installed");
        }
        Path output = folder.resolve("output");
        Process script = new ProcessBuilder(
                        "src/test/scripts/network-namespaces",
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Djava.net.preferIPv6Addresses=true", // by default the JDK puts IPv4 first
                        "-cp",
                        System.getProperty("java.class.path"),
                        SilentAddressProbe.class.getName(),
                        "broker.test")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        boolean ended = script.waitFor(90, TimeUnit.SECONDS);

        script.destroy();
        assertThat(ended).as(Files.readString(output)).isTrue();
        assertThat(Files.readString(output))
                .contains(
                        "connected; IPv6 first: true; after the attempt delay: true; before the connect timeout: true");
        assertThat(script.exitValue()).isZero();
    }

    private static boolean isInstalled(String program) {
        return Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")
                .anyMatch(bin -> Files.isExecutable(Path.of(bin, program)));
    }
}
