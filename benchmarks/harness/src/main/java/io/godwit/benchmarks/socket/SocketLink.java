package io.godwit.benchmarks.socket;

import io.godwit.benchmarks.Echo;
import io.godwit.benchmarks.Link;
import io.godwit.benchmarks.PublishLoad;
import io.godwit.benchmarks.ReceiveLoad;
import io.godwit.benchmarks.Traffic;
import io.godwit.benchmarks.peer.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * One blocking channel. Publishing sends half a window at a time, so that the peer works on one half while the other
 * is written; acknowledgements are counted by their bytes, four each.
 */
final class SocketLink implements Link {

    static final int ACKNOWLEDGEMENT = 4;

    private static final int BUFFER = 1 << 18;

    // Calling thread only; one at a time.
    private final SocketChannel channel;
    private final boolean mqtt5;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);

    SocketLink(SocketChannel channel, boolean mqtt5) {
        this.channel = channel;
        this.mqtt5 = mqtt5;
    }

    @Override
    public void publish(PublishLoad load) throws IOException {
        switch (load.qos()) {
            case 0 -> publishWithoutAnswers(load);
            case 1 -> publishTwoHalves(load);
            default -> publishTwoPipes(load);
        }
    }

    private void publishWithoutAnswers(PublishLoad load) throws IOException {
        int batch = Math.max(1, BUFFER / (load.payload().length + 16));
        ByteBuffer publishes = publishes(load, batch);
        while (!load.stopped()) {
            write(publishes.rewind());
            load.completed(batch);
        }
    }

    private void publishTwoHalves(PublishLoad load) throws IOException {
        int batch = load.window() / 2;
        ByteBuffer publishes = publishes(load, batch);
        write(publishes.rewind());
        while (!load.stopped()) {
            write(publishes.rewind());
            readExactly(batch * ACKNOWLEDGEMENT);
            load.completed(batch);
        }
    }

    /** Each turn of a pipe releases the batch before and sends the next; its answers are PUBCOMPs and PUBRECs. */
    private void publishTwoPipes(PublishLoad load) throws IOException {
        int batch = load.window() / 4;
        ByteBuffer publishes = publishes(load, batch);
        ByteBuffer releases = ReadyBytes.acknowledgements(Wire.PUBREL, batch);
        ByteBuffer turn = ByteBuffer.allocateDirect(releases.remaining() + publishes.remaining());
        turn.put(releases).put(publishes.duplicate()).flip();
        write(publishes.rewind());
        write(publishes.rewind());
        for (int pipe = 0; pipe < 2; pipe++) {
            readExactly(batch * ACKNOWLEDGEMENT);
            write(turn.rewind());
        }
        while (!load.stopped()) {
            readExactly(2 * batch * ACKNOWLEDGEMENT);
            load.completed(batch);
            write(turn.rewind());
        }
    }

    private ByteBuffer publishes(PublishLoad load, int batch) {
        return ReadyBytes.publishes(load.topic(), load.qos(), batch, load.payload().length, mqtt5);
    }

    @Override
    public void receive(String filter, int qos, ReceiveLoad load) throws IOException {
        subscribe(filter, qos);
        int window = Integer.parseInt(filter.substring(filter.lastIndexOf('/') + 1));
        int length = Wire.publish(filter, qos, 1, load.payloadLength(), mqtt5).length;
        Thread reader = new Thread(
                () -> {
                    try {
                        receiveForever(qos, length, window, load);
                    } catch (IOException e) {
                        e.printStackTrace();
                    }
                },
                "receiver");
        reader.setDaemon(true);
        reader.start();
    }

    private void receiveForever(int qos, int length, int window, ReceiveLoad load) throws IOException {
        AnswerRing first = new AnswerRing(qos == 1 ? Wire.PUBACK : Wire.PUBREC, window);
        AnswerRing second = new AnswerRing(Wire.PUBCOMP, window);
        in.clear();
        int partial = 0;
        while (true) {
            if (channel.read(in) < 0) {
                throw new EOFException("the peer closed the connection");
            }
            int messages = 0;
            int releases = 0;
            int end = in.position();
            if (qos == 2) {
                int at = 0;
                int packet;
                while (at < end
                        && at + (packet = (in.get(at) >>> 4 & 15) == Wire.PUBLISH ? length : ACKNOWLEDGEMENT) <= end) {
                    messages += packet == length ? 1 : 0;
                    releases += packet == length ? 0 : 1;
                    at += packet;
                }
                in.flip().position(at);
                in.compact();
            } else {
                // All packets are alike, so their number follows from their bytes.
                messages = (partial + end) / length;
                partial = (partial + end) % length;
                in.clear();
            }
            load.receivedMany(messages);
            if (qos > 0) {
                first.write(messages, this);
                second.write(releases, this);
            }
        }
    }

    @Override
    public void echo(String topic, byte[] payload, Echo echo) throws IOException {
        subscribe(topic, 0);
        ByteBuffer message = ByteBuffer.wrap(Wire.publish(topic, 0, 0, payload.length, mqtt5));
        do {
            write(message.rewind());
            readExactly(message.capacity());
        } while (echo.arrived());
    }

    private void subscribe(String filter, int qos) throws IOException {
        write(ByteBuffer.wrap(ReadyBytes.subscribe(filter, qos, mqtt5)));
        readExactly(mqtt5 ? 6 : 5);
    }

    @Override
    public void deliver(String topic, int qos, Traffic traffic) {
        throw new UnsupportedOperationException("one thread reads and writes: it would wait for itself");
    }

    @Override
    public void send(String topic, int qos, Traffic traffic) {
        throw new UnsupportedOperationException("one thread reads and writes: it would wait for itself");
    }

    @Override
    public void publishOne(String topic, byte[] payload) throws IOException {
        write(ByteBuffer.wrap(Wire.publish(topic, 1, 1, payload.length, mqtt5)));
        readExactly(ACKNOWLEDGEMENT);
    }

    @Override
    public boolean connected() {
        return channel.isConnected();
    }

    @Override
    public void close() throws IOException {
        write(ByteBuffer.wrap(ReadyBytes.DISCONNECT));
        channel.close();
    }

    void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    void readExactly(int count) throws IOException {
        int left = count;
        while (left > 0) {
            in.clear().limit(Math.min(left, in.capacity()));
            int read = channel.read(in);
            if (read < 0) {
                throw new EOFException("the peer closed the connection");
            }
            left -= read;
        }
    }
}
