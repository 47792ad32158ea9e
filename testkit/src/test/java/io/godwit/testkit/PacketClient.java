package io.godwit.testkit;

import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** The smallest client that can test a broker: writes packets to a socket and reads them, blocking. */
final class PacketClient implements AutoCloseable {
    private final Socket socket;
    private final ProtocolVersion version;

    private PacketClient(Socket socket, ProtocolVersion version) {
        this.socket = socket;
        this.version = version;
    }

    static PacketClient open(int port, ProtocolVersion version) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(5000);
        return new PacketClient(socket, version);
    }

    /** Opens a connection and a clean session with a keep-alive of 60 s. */
    static PacketClient connect(int port, String clientId, ProtocolVersion version) throws IOException {
        PacketClient client = open(port, version);
        client.sendConnect(clientId);
        client.take(Connack.class);
        return client;
    }

    void sendConnect(String clientId) throws IOException {
        send(new Connect(version, clientId, true, 60, null, null, null, MqttProperties.NONE));
    }

    void send(Packet packet) throws IOException {
        ByteBuf buffer = Unpooled.buffer();
        PacketCodec.write(packet, version, buffer);
        send(ByteBufUtil.getBytes(buffer));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    <P extends Packet> P take(Class<P> type) throws IOException {
        InputStream in = socket.getInputStream();
        int firstByte = in.read();
        if (firstByte < 0) {
            throw new AssertionError("expected " + type.getSimpleName() + ", got the end of the connection");
        }
        int length = 0;
        int digit;
        int shift = 0;
        do {
            digit = in.read();
            length |= (digit & 0x7F) << shift;
            shift += 7;
        } while (digit >= 0x80);
        Packet packet = PacketCodec.read(firstByte, in.readNBytes(length), 0, length, version);
        if (!type.isInstance(packet)) {
            throw new AssertionError("expected " + type.getSimpleName() + ", got " + packet);
        }
        return type.cast(packet);
    }

    byte[] read(int bytes) throws IOException {
        return socket.getInputStream().readNBytes(bytes);
    }

    /** Whether the connection ends, in order or with a reset, and nothing comes before that. */
    boolean ended() throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    boolean silentFor(Duration time) throws IOException {
        socket.setSoTimeout((int) time.toMillis());
        try {
            socket.getInputStream().read();
            return false;
        } catch (SocketTimeoutException silent) {
            return true;
        } finally {
            socket.setSoTimeout(5000);
        }
    }

    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
