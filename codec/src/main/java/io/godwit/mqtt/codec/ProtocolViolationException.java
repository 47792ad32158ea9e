package io.godwit.mqtt.codec;

import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * A received packet that violates the standard: it is malformed, so that it can't be parsed, or a protocol error, so that
 * it must not occur (section 4.13). Says what was wrong, at which byte, against which statement, and which MQTT 5 reason
 * code a DISCONNECT or CONNACK should carry. The only exception that decoding throws. It has no stack trace: what matters
 * is in the bytes, and a peer that sends garbage must not cost us more than necessary.
 */
public final class ProtocolViolationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable PacketType type;
    private final ReasonCode reason;
    private final int offset;
    private final String statement;
    private final String fault;

    ProtocolViolationException(
            @Nullable PacketType type, ReasonCode reason, int offset, String statement, String fault) {
        super(
                (reason == ReasonCode.MALFORMED_PACKET ? "malformed " : "protocol error in ")
                        + (type == null ? "packet" : type) + " at byte " + offset + ": " + fault + " " + statement,
                null,
                false,
                false);
        this.type = type;
        this.reason = reason;
        this.offset = offset;
        this.statement = statement;
        this.fault = fault;
    }

    /**
     * For a {@link TopicSource} that rejects a topic name, and for a receiver that rejects a well-formed packet because of
     * earlier packets.
     *
     * @param reason what a DISCONNECT should carry
     * @param offset the byte of the topic name that is wrong, from 0; of a packet as a whole 0
     * @param statement such as {@code [MQTT-3.3.2-2]}
     * @param fault what is wrong, for a person to read
     */
    public ProtocolViolationException(ReasonCode reason, int offset, String statement, String fault) {
        this(null, reason, offset, statement, fault);
    }

    /** The same fault, found in a field that begins {@code by} bytes into a packet of this type. */
    ProtocolViolationException within(PacketType packet, int by) {
        return new ProtocolViolationException(packet, reason, offset + by, statement, fault);
    }

    /** The same with what to do about it. */
    public ProtocolViolationException withAdvice(String advice) {
        return new ProtocolViolationException(type, reason, offset, statement, fault + "; " + advice);
    }

    /** Whether the packet could not be parsed; otherwise it is a protocol error. */
    public boolean isMalformed() {
        return reason == ReasonCode.MALFORMED_PACKET;
    }

    /** The type of the packet; null if it is unknown. */
    public @Nullable PacketType type() {
        return type;
    }

    /** The reason code of MQTT 5: malformed packet, protocol error, packet too large or another error. */
    public ReasonCode reason() {
        return reason;
    }

    /** Where in the packet, in bytes from its first byte, which is byte 0. */
    public int offset() {
        return offset;
    }

    /** The statement or section of the standard: {@code [MQTT-3.3.2-2]} or {@code (section 3.8.3.1)}. */
    public String statement() {
        return statement;
    }
}
