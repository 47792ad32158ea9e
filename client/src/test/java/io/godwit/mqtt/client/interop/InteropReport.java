package io.godwit.mqtt.client.interop;

import io.godwit.mqtt.protocol.ProtocolVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Remembers how each feature went, and writes it down: one file per broker, and a table of all the files that are there,
 * in the module's {@code target/interop}. The command {@code interop/run} takes the table into the documentation.
 */
final class InteropReport {
    /** Surefire runs in the module's folder; an IDE may run in the project's. */
    static final Path FOLDER =
            (Files.isDirectory(Path.of("../interop")) ? Path.of("") : Path.of("client")).resolve("target/interop");

    private final List<String> lines = new ArrayList<>();

    void passed(Feature feature, ProtocolVersion version) {
        lines.add(feature + "\t" + version + "\tpassed\t");
    }

    void skipped(Feature feature, ProtocolVersion version, String why) {
        lines.add(feature + "\t" + version + "\tskipped\t" + why);
    }

    void failed(Feature feature, ProtocolVersion version) {
        lines.add(feature + "\t" + version + "\tfailed\t");
    }

    void write(RealBroker broker, RealTransport road) throws IOException {
        if (road != RealTransport.TCP) {
            TransportsTable.write(broker, road, lines);
            return;
        }
        Files.createDirectories(FOLDER);
        Files.write(FOLDER.resolve(broker.script() + ".tsv"), lines);
        Files.writeString(FOLDER.resolve("interop.md"), table());
    }

    private static String table() throws IOException {
        List<RealBroker> brokers = new ArrayList<>();
        Map<String, String> cells = new LinkedHashMap<>();
        Set<String> reasons = new LinkedHashSet<>();
        for (RealBroker broker : RealBroker.values()) {
            Path file = FOLDER.resolve(broker.script() + ".tsv");
            if (Files.exists(file)) {
                brokers.add(broker);
                for (String line : Files.readAllLines(file)) {
                    String[] columns = line.split("\t", -1);
                    String text = switch (columns[2]) {
                        case "passed" -> columns[1];
                        case "failed" -> "**fails: " + columns[1] + "**";
                        default -> "";
                    };
                    if (!columns[3].isEmpty()) {
                        reasons.add(columns[3]);
                    }
                    cells.merge(broker + columns[0], text, (a, b) -> a.isEmpty() ? b : b.isEmpty() ? a : a + ", " + b);
                }
            }
        }
        StringBuilder text = new StringBuilder("""
                # Godwit and real brokers

                Made by `interop/run`, which starts each broker of the `interop` folder and runs one suite against it in
                MQTT 3.1, 3.1.1 and 5, through the public API. A cell names the versions in which the feature works; `-`
                means that the broker lacks it, for a reason below. Which versions of the brokers these are stands in
                `interop/README.md`.

                | |""");
        brokers.forEach(broker -> text.append(' ').append(broker.script()).append(" |"));
        text.append("\n| --- |").append(" --- |".repeat(brokers.size())).append('\n');
        for (Feature feature : Feature.values()) {
            text.append("| ").append(feature.title()).append(" |");
            for (RealBroker broker : brokers) {
                String cell = cells.getOrDefault(broker + feature.name(), "");
                text.append(' ').append(cell.isEmpty() ? "-" : cell).append(" |");
            }
            text.append('\n');
        }
        text.append("\nWhat was skipped, by name:\n\n");
        reasons.forEach(reason -> text.append("- ").append(reason).append('\n'));
        return text.toString();
    }
}
