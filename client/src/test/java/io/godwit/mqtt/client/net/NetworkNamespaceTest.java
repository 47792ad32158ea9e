package io.godwit.mqtt.client.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real networks, in namespaces of their own. */
class NetworkNamespaceTest {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin/java").toString();

    @TempDir
    private Path folder;

    /** One of two namespaces, which {@code src/test/scripts/network-namespaces} makes, has a broker. */
    @Test
    @DisplayName(
            "one of two addresses drops every packet: the client connects to the other without waiting for a timeout")
    void a_silent_address_is_overtaken() throws Exception {
        assumeInstalled("ip", "mosquitto");
        String output = run(
                "src/test/scripts/network-namespaces",
                JAVA,
                "-Djava.net.preferIPv6Addresses=true", // by default the JDK puts IPv4 first
                "-cp",
                System.getProperty("java.class.path"),
                SilentAddressProbe.class.getName(),
                "broker.test");

        assertThat(output)
                .contains(
                        "connected; IPv6 first: true; after the attempt delay: true; before the connect timeout: true");
    }

    @Test
    void a_port_of_a_local_address_serves_a_connection_to_each_broker() throws Exception {
        assumeInstalled("ip", "unshare");
        String setUp = "ip link set lo up && echo 50000 50099 > /proc/sys/net/ipv4/ip_local_port_range && exec \"$@\"";
        String output = run(
                "unshare",
                "--net",
                "sh",
                "-c",
                setUp,
                "sh",
                JAVA,
                "-cp",
                System.getProperty("java.class.path"),
                LocalPortsProbe.class.getName());

        assertThat(output).contains("120 connected");
    }

    /** Runs a command that must succeed. Returns what it has printed. */
    private String run(String... command) throws Exception {
        Path output = folder.resolve("output");
        Process running = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        boolean ended = running.waitFor(90, TimeUnit.SECONDS);

        running.destroy();
        String text = Files.readString(output);
        assertThat(ended).as(text).isTrue();
        assertThat(running.exitValue()).as(text).isZero();
        return text;
    }

    private static void assumeInstalled(String... programs) {
        assumeTrue("root".equals(System.getProperty("user.name")), "not root, so no network namespaces");
        for (String program : programs) {
            assumeTrue(isInstalled(program), program + " is not installed");
        }
    }

    private static boolean isInstalled(String program) {
        return Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")
                .anyMatch(bin -> Files.isExecutable(Path.of(bin, program)));
    }
}
