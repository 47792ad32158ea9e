package io.godwit.cli.packets;

import io.godwit.cli.packets.PacketTap.Direction;
import io.godwit.mqtt.client.transport.Transport;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.web.json.Json;
import java.time.Clock;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.Consumer;

/** Prints packets that passed: a line each with time and direction, in hex below if wanted; or a JSON line each. */
public final class PacketPrinter implements Consumer<SeenPacket> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS").withZone(ZoneId.systemDefault());

    private final Consumer<String> line;
    private final int hexLines;
    private final boolean json;
    private final boolean named;
    private final boolean timed;

    /**
     * @param line takes each line
     * @param hexLines lines of hex per packet at most; 0 for none
     * @param named whether the line names the connection
     */
    public PacketPrinter(Consumer<String> line, int hexLines, boolean json, boolean named) {
        this(line, hexLines, json, named, true);
    }

    private PacketPrinter(Consumer<String> line, int hexLines, boolean json, boolean named, boolean timed) {
        this.line = line;
        this.hexLines = hexLines;
        this.json = json;
        this.named = named;
        this.timed = timed;
    }

    /** The same for packets of no time that is known. */
    public PacketPrinter withoutTime() {
        return new PacketPrinter(line, hexLines, json, named, false);
    }

    /** A transport over another one that prints each packet. */
    public static Transport tapped(Transport inner, ProtocolVersion version, Consumer<String> line, int hexLines) {
        PacketPrinter printer = new PacketPrinter(line, hexLines, false, false);
        return new TapTransport(
                inner,
                connection -> new PacketTap(connection.describe(), version, Clock.systemUTC(), printer),
                news -> line.accept(TIME.format(Clock.systemUTC().instant()) + "    " + news));
    }

    @Override
    public void accept(SeenPacket packet) {
        boolean toBroker = packet.direction() == Direction.TO_BROKER;
        if (json) {
            line.accept(Json.object(out -> {
                if (timed) {
                    out.writeStringField("time", packet.time().toString());
                    out.writeStringField("connection", packet.connection());
                }
                out.writeStringField("from", toBroker ? "client" : "broker");
                out.writeStringField(
                        "type", packet.type() == null ? null : packet.type().toString());
                out.writeNumberField("size", packet.size());
                out.writeStringField("text", packet.text());
                out.writeStringField("hex", packet.hex().compact());
            }));
            return;
        }
        line.accept((timed ? TIME.format(packet.time()) + " " : "")
                + (named ? packet.connection() + " " : "")
                + (toBroker ? "-> " : "<- ")
                + packet.text().strip());
        if (hexLines > 0) {
            List<String> dump = packet.hex().lines(hexLines);
            dump.forEach(text -> line.accept("        " + text));
        }
    }
}
