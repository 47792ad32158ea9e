/**
 * Bytes to packets and back: one class per packet, both directions, all versions. The file list is the protocol's table
 * of contents:
 *
 * <table>
 * <caption>The codecs, by section of the standard</caption>
 * <tr><td>2.1</td><td>{@link PacketReader}: packets out of a stream of bytes, at any fragmentation; {@link PacketCodec}:
 *     any packet by its first byte; {@code FixedHeader}</td></tr>
 * <tr><td>1.5</td><td>{@code FieldReader}, {@code Strings}, {@code VariableByteInteger}: the data representations</td></tr>
 * <tr><td>2.2.2</td><td>{@code PropertiesCodec}</td></tr>
 * <tr><td>3.1, 3.2</td><td>{@link ConnectCodec}, {@link ConnackCodec}</td></tr>
 * <tr><td>3.3</td><td>{@link PublishCodec}, with {@link PublishFields} and {@link TopicSource} for the hot path</td></tr>
 * <tr><td>3.4 to 3.7</td><td>{@link AckCodec}, with {@link AckFields} for the hot path</td></tr>
 * <tr><td>3.8, 3.9</td><td>{@link SubscribeCodec}, {@link SubackCodec}</td></tr>
 * <tr><td>3.10, 3.11</td><td>{@link UnsubscribeCodec}, {@link UnsubackCodec}</td></tr>
 * <tr><td>3.12, 3.13</td><td>{@link PingreqCodec}, {@link PingrespCodec}</td></tr>
 * <tr><td>3.14</td><td>{@link DisconnectCodec}</td></tr>
 * <tr><td>3.15</td><td>{@link AuthCodec}</td></tr>
 * </table>
 *
 * <p>Each codec has the same three functions: {@code length} checks a packet and returns how many bytes its body takes,
 * {@code write} writes it, {@code read} reads and checks a body. What violates the standard is an {@link
 * IllegalArgumentException} when writing, thrown before the first byte is written, and a {@link
 * ProtocolViolationException} when reading; both name the statement, in the numbering of MQTT 5 unless the rule exists in
 * 3.1.1 only. Reading allocates no more than a small multiple of the bytes that have arrived, whatever they claim.
 *
 * <p>Nothing here has state but {@link PacketReader}, {@link PublishFields} and {@link AckFields}, which are
 * not thread-safe.
 */
@NullMarked
package io.godwit.mqtt.codec;

import org.jspecify.annotations.NullMarked;
