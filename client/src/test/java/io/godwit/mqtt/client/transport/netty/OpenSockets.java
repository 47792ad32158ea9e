package io.godwit.mqtt.client.transport.netty;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Which sockets this system has, and how many this process holds, as the kernel sees them. */
final class OpenSockets {

    private OpenSockets() {}

    static void assumeAvailable(Sockets kind) {
        assumeTrue(kind == Sockets.best() || kind == Sockets.NIO, "this system has no epoll");
    }

    static long count() {
        Path open = Path.of("/proc/self/fd");
        assumeTrue(Files.isDirectory(open), "this system does not show a process its open files");
        try (Stream<Path> files = Files.list(open)) {
            return files.filter(OpenSockets::isSocket).count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isSocket(Path file) {
        try {
            return Files.readSymbolicLink(file).toString().startsWith("socket:");
        } catch (IOException e) {
            return false; // closed since the listing
        }
    }
}
