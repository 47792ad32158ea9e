package io.godwit.mqtt.client.transport.netty;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which kinds of sockets this system has, and which sockets this process holds, as the kernel sees them. */
final class OpenSockets {

    private OpenSockets() {}

    static void assumeAvailable(Sockets kind) {
        assumeTrue(kind == Sockets.best() || kind == Sockets.NIO, "this system has no epoll");
    }

    /** The sockets that this process has open. */
    static Set<String> now() {
        Path open = Path.of("/proc/self/fd");
        assumeTrue(Files.isDirectory(open), "this system does not show a process its open files");
        try (Stream<Path> files = Files.list(open)) {
            return files.map(OpenSockets::target)
                    .filter(target -> target.startsWith("socket:"))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** How many are open that were not then. What another test has left open may close meanwhile. */
    static long since(Set<String> then) {
        return now().stream().filter(socket -> !then.contains(socket)).count();
    }

    private static String target(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException e) {
            return ""; // closed since the listing
        }
    }
}
