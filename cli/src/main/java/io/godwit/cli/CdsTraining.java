package io.godwit.cli;

import io.godwit.cli.options.ProcessInput;
import io.godwit.cli.output.Terminal;
import io.godwit.mqtt.broker.MqttBroker;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Does once, in silence, what short commands do, so that the launcher can keep the classes which these need in an archive; and
 * unpacks Netty's native library, which each start would otherwise do. Not for people.
 */
public final class CdsTraining {
    private CdsTraining() {}

    /** @param arguments the folder for the native library, or none */
    public static void main(String[] arguments) throws IOException {
        Terminal silent = new Terminal(
                OutputStream.nullOutputStream(),
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                false,
                false,
                false);
        try (MqttBroker broker = MqttBroker.start()) {
            String where = broker.uri();
            String named = "localhost -p " + broker.port(); // a name is looked up, an address is not
            ProcessInput.arguments(arguments);
            Preload.start(List.of("pub")).await();
            for (String line : List.of(
                    "--version",
                    "--help",
                    "pub --help",
                    "pub -t a -m b -q 1 -r -h " + where,
                    "pub -t a -m b -h " + named,
                    "pub -t a -m b -q 2 -V 5 -D publish content-type text/plain -h " + where,
                    "sub -t a -C 1 -v -h " + where,
                    "sub -t a -C 1 -W 9 -h " + named,
                    "sub -t a -C 1 -F %j -q 1 -h " + where,
                    "sub --no-such-option",
                    "demo")) {
                Main.run(silent, List.of(line.split(" ")));
            }
        }
        if (arguments.length > 0) {
            unpackLibraries(Path.of(arguments[0]));
        }
        System.exit(0);
    }

    /** Writes the native libraries for sockets into this folder, for {@code java.library.path}. */
    static void unpackLibraries(Path folder) throws IOException {
        for (String architecture : List.of("x86_64", "aarch_64")) {
            String name = "libnetty_transport_native_epoll_" + architecture + ".so";
            try (InputStream library = CdsTraining.class.getResourceAsStream("/META-INF/native/" + name)) {
                if (library != null) {
                    Files.createDirectories(folder);
                    Files.copy(library, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }
}
