package io.godwit.interop;

import io.godwit.mqtt.protocol.ProtocolVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The table of transports, from all results so far: how many features of the suite work over each, in each version. */
final class TransportsTable {
    static final Path FOLDER = InteropReport.FOLDER.resolve("transports");

    private TransportsTable() {}

    static void write(RealBroker broker, RealTransport transport, List<String> results) throws IOException {
        Files.createDirectories(FOLDER);
        Files.write(FOLDER.resolve(broker.script() + "-" + transport + ".tsv"), results);
        Files.writeString(FOLDER.resolve("transports.md"), table());
    }

    private static String table() throws IOException {
        StringBuilder text = new StringBuilder("""
                | broker | transport | 3.1 | 3.1.1 | 5 |
                | --- | --- | --- | --- | --- |
                """);
        Set<String> notes = new LinkedHashSet<>();
        for (RealBroker broker : RealBroker.values()) {
            for (RealTransport transport : RealTransport.values()) {
                Path file = FOLDER.resolve(broker.script() + "-" + transport + ".tsv");
                if (Files.exists(file)) {
                    row(text, notes, broker, transport, Files.readAllLines(file));
                }
            }
        }
        text.append('\n');
        notes.forEach(note -> text.append("- ").append(note).append('\n'));
        return text.toString();
    }

    private static void row(
            StringBuilder text, Set<String> notes, RealBroker broker, RealTransport transport, List<String> results) {
        text.append("| ")
                .append(broker.script())
                .append(" | ")
                .append(transport.title())
                .append(" |");
        for (ProtocolVersion version : ProtocolVersion.values()) {
            int passed = 0;
            int tried = 0;
            for (String line : results) {
                String[] columns = line.split("\t", -1);
                if (!columns[1].equals(version.toString())) {
                    continue;
                }
                String feature = Feature.valueOf(columns[0]).title();
                switch (columns[2]) {
                    case "passed" -> {
                        passed++;
                        tried++;
                    }
                    case "failed" -> {
                        tried++;
                        notes.add("**fails**: " + broker.script() + ", " + transport.title() + ", MQTT " + version
                                + ": " + feature);
                    }
                    default -> notes.add("not tested: " + columns[3]);
                }
            }
            text.append(' ').append(passed).append(" of ").append(tried).append(" |");
        }
        text.append('\n');
    }
}
