package io.godwit.cli.packets;

import io.godwit.cli.packets.PacketTap.Direction;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Clock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Decodes packets that stand one behind the other in a row of bytes. */
public final class PacketDecoder {
    private PacketDecoder() {}

    /**
     * Passes each packet on. Its type says who sent it, where only one side may send that type.
     *
     * @param version what is spoken, until a CONNECT says it better
     * @return what is wrong with the bytes; null: nothing
     */
    public static @Nullable String decode(byte[] bytes, ProtocolVersion version, Consumer<SeenPacket> sink) {
        boolean[] broken = new boolean[1];
        PacketTap tap = new PacketTap("", version, Clock.systemUTC(), packet -> {
            broken[0] |= packet.type() == null;
            sink.accept(packet.from(sender(packet.type())));
        });
        ByteBuf all = Unpooled.wrappedBuffer(bytes);
        tap.pass(Direction.TO_BROKER, all);
        int left = tap.waiting(Direction.TO_BROKER);
        tap.close();
        if (broken[0]) {
            return "not valid MQTT " + version + "; use -V for another version";
        }
        return left == 0 ? null : "the last packet is incomplete: it starts with the last " + left + " bytes";
    }

    private static Direction sender(@Nullable PacketType type) {
        return type == PacketType.CONNACK
                        || type == PacketType.SUBACK
                        || type == PacketType.UNSUBACK
                        || type == PacketType.PINGRESP
                ? Direction.TO_CLIENT
                : Direction.TO_BROKER;
    }
}
