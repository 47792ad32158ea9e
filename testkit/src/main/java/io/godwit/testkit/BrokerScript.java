package io.godwit.testkit;

import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What a {@link ScriptedBroker} does on one connection, step by step. Hex is two digits a byte, with spaces anywhere; in
 * what is expected, {@code ??} matches any byte. After the last step the connection stays open, and what the client
 * sends is read and ignored.
 */
public final class BrokerScript {
    /** One step; {@code description} is for the message of a failure. */
    record Step(String description, Action action) {}

    /** What a step does with the connection. */
    interface Action {
        void run(ScriptedConnection connection) throws Exception;
    }

    private final List<Step> steps = new ArrayList<>();

    BrokerScript() {}

    private BrokerScript add(String description, Action action) {
        steps.add(new Step(description, action));
        return this;
    }

    List<Step> steps() {
        return List.copyOf(steps);
    }

    /** The client sends exactly these bytes. */
    public BrokerScript expect(String hex) {
        Hex.Pattern pattern = Hex.pattern(hex);
        return add("expect " + pattern.show(), connection -> connection.expect(pattern));
    }

    /** The client sends exactly this packet. */
    public BrokerScript expect(Packet packet, ProtocolVersion version) {
        Hex.Pattern pattern = Hex.exactly(encode(packet, version));
        return add("expect " + packet, connection -> connection.expect(pattern));
    }

    /** The client sends a packet of this type, with any content; {@link ScriptedBroker#received} has it. */
    public BrokerScript expect(PacketType type, ProtocolVersion version) {
        return add("expect " + type, connection -> connection.expectPacket(type, version, packet -> {}));
    }

    /** The client sends a packet of this type, which the check rejects by throwing an AssertionError. */
    public BrokerScript expect(PacketType type, ProtocolVersion version, Consumer<Packet> check) {
        return add("expect " + type, connection -> connection.expectPacket(type, version, check));
    }

    /** Reads up to the next packet of this type, whatever comes before it, and sends the bytes that the function returns. */
    public BrokerScript answer(PacketType type, ProtocolVersion version, Function<Packet, byte[]> answer) {
        return add("answer " + type, connection -> {
            Packet packet = connection.readPacket(version);
            while (packet.type() != type) {
                packet = connection.readPacket(version);
            }
            connection.send(answer.apply(packet));
        });
    }

    /** The client sends a CONNECT of this version, with any content. */
    public BrokerScript expectConnect(ProtocolVersion version) {
        return add("expect CONNECT of MQTT " + version, connection -> connection.expectConnect(version));
    }

    /** Answers CONNECT with success: the shortest CONNACK of the version, session present or not. */
    public BrokerScript sendConnack(ProtocolVersion version, boolean sessionPresent) {
        String present = sessionPresent ? "01" : "00";
        return send(version == ProtocolVersion.V5 ? "20 03 " + present + " 00 00" : "20 02 " + present + " 00");
    }

    /** {@link #expectConnect} and a {@link #sendConnack} without a session. */
    public BrokerScript accept(ProtocolVersion version) {
        return expectConnect(version).sendConnack(version, false);
    }

    /** The client ends the connection, sending nothing more. */
    public BrokerScript expectEnd() {
        return add("expect the end of the connection", ScriptedConnection::expectEnd);
    }

    /** The client sends nothing for so long. */
    public BrokerScript expectNothing(Duration time) {
        return add("expect nothing for " + time.toMillis() + " ms", connection -> connection.expectNothing(time));
    }

    public BrokerScript send(String hex) {
        return send(Hex.bytes(hex));
    }

    public BrokerScript send(byte[] bytes) {
        return add("send " + Hex.show(bytes, bytes.length), connection -> connection.send(bytes));
    }

    public BrokerScript send(Packet packet, ProtocolVersion version) {
        return send(encode(packet, version));
    }

    /** Sends the bytes one at a time, with {@code between} before each. */
    public BrokerScript sendSlowly(String hex, Duration between) {
        return sendSlowly(Hex.bytes(hex), between);
    }

    public BrokerScript sendSlowly(byte[] bytes, Duration between) {
        return add(
                "send " + Hex.show(bytes, bytes.length) + " a byte at a time",
                connection -> connection.sendSlowly(bytes, between));
    }

    /** Sends the bytes again and again until the client ends the connection, or {@code times} is reached. */
    public BrokerScript flood(byte[] bytes, int times) {
        return add("flood with " + Hex.show(bytes, bytes.length), connection -> connection.flood(bytes, times));
    }

    /** Waits. */
    public BrokerScript pause(Duration time) {
        return add("pause for " + time.toMillis() + " ms", connection -> connection.pause(time));
    }

    /** Neither reads nor sends from here on: bytes of the client pile up in the system's buffers. */
    public BrokerScript stall() {
        return add("stall", ScriptedConnection::stall);
    }

    /** Ends the connection in order. */
    public BrokerScript close() {
        return add("close", ScriptedConnection::close);
    }

    /** Ends the broker's direction only; what the client sends is still read. */
    public BrokerScript halfClose() {
        return add("half-close", ScriptedConnection::halfClose);
    }

    /** Ends the connection with a reset (RST). */
    public BrokerScript reset() {
        return add("reset", ScriptedConnection::reset);
    }

    /** Does something in between, on the script's thread. */
    public BrokerScript run(Runnable action) {
        return add("run", connection -> action.run());
    }

    private static byte[] encode(Packet packet, ProtocolVersion version) {
        ByteBuf buffer = Unpooled.buffer();
        PacketCodec.write(packet, version, buffer);
        return ByteBufUtil.getBytes(buffer);
    }
}
