package io.godwit.mqtt.client.interop;

import io.godwit.mqtt.protocol.ProtocolVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The table of roads, of all the results that are there: how many features of the suite work on each, in each version. */
final class TransportsTable {
    static final Path FOLDER = InteropReport.FOLDER.resolve("roads");

    private TransportsTable() {}

    static void write(RealBroker broker, RealTransport road, List<String> results) throws IOException {
        Files.createDirectories(FOLDER);
        Files.write(FOLDER.resolve(broker.script() + "-" + road + ".tsv"), results);
        Files.writeString(FOLDER.resolve("roads.md"), table());
    }

    private static String table() throws IOException {
        StringBuilder text = new StringBuilder("""
                | broker | road | 3.1 | 3.1.1 | 5 |
                | --- | --- | --- | --- | --- |
                """);
        Set<String> remarks = new LinkedHashSet<>();
        for (RealBroker broker : RealBroker.values()) {
            for (RealTransport road : RealTransport.values()) {
                Path file = FOLDER.resolve(broker.script() + "-" + road + ".tsv");
                if (Files.exists(file)) {
                    row(text, remarks, broker, road, Files.readAllLines(file));
                }
            }
        }
        text.append('\n');
        remarks.forEach(remark -> text.append("- ").append(remark).append('\n'));
        return text.toString();
    }

    private static void row(
            StringBuilder text, Set<String> remarks, RealBroker broker, RealTransport road, List<String> results) {
        text.append("| ")
                .append(broker.script())
                .append(" | ")
                .append(road.title())
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
                        remarks.add("**fails**: " + broker.script() + ", " + road.title() + ", MQTT " + version + ": "
                                + feature);
                    }
                    default -> remarks.add("not tried: " + columns[3]);
                }
            }
            text.append(' ').append(passed).append(" of ").append(tried).append(" |");
        }
        text.append('\n');
    }
}
