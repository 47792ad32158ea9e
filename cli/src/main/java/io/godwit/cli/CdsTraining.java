package io.godwit.cli;

import io.godwit.cli.output.Terminal;
import io.godwit.mqtt.broker.MqttBroker;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Does once, in silence, what short commands do, so that the launcher can keep the classes which these need in an archive.
 * Not for people.
 */
public final class CdsTraining {
    private CdsTraining() {}

    /** Needs no arguments. */
    public static void main(String[] arguments) {
        Terminal silent = new Terminal(
                OutputStream.nullOutputStream(),
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                false,
                false,
                false);
        try (MqttBroker broker = MqttBroker.start()) {
            String where = broker.uri();
            for (String line : List.of(
                    "--version",
                    "--help",
                    "pub --help",
                    "pub -t a -m b -q 1 -r -h " + where,
                    "pub -t a -m b -q 2 -V 5 -D publish content-type text/plain -h " + where,
                    "sub -t a -C 1 -v -h " + where,
                    "sub -t a -C 1 -F %j -q 1 -h " + where,
                    "sub --no-such-option",
                    "demo")) {
                Main.run(silent, List.of(line.split(" ")));
            }
        }
        System.exit(0);
    }
}
