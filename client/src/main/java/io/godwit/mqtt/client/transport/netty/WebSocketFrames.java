package io.godwit.mqtt.client.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.SplittableRandom;

/**
 * WebSocket frames (RFC 6455, section 5) of an upgraded connection: unpacks what is received, sends masked binary frames. Buffers
 * no frame: payload is passed on as it arrives, whatever the length of its frame, and a burst of small frames is joined in the
 * buffer that it arrived in. Answers the last ping of a burst, and none while the socket accepts no more bytes. Loop only.
 */
final class WebSocketFrames extends ChannelDuplexHandler {

    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;

    /** A large write needs no large buffer this way, and servers limit frames: Artemis to 64 KiB by default. */
    private static final int LARGEST_FRAME_OUT = 64 << 10;

    /** Event loop only: the frame that is being read. */
    private final byte[] header = new byte[10];

    private int headerRead;
    private int opcode;
    private long left;
    private boolean insideFrame;
    private boolean insideMessage;

    /** Event loop only: the payload of a control frame, until it is complete. */
    private final ByteBuf control = Unpooled.buffer(0, 125);

    /** Event loop only: the ping to answer, if {@link #pongDue}. */
    private final ByteBuf pong = Unpooled.buffer(0, 125);

    private boolean pongDue;
    private boolean closeSent;
    private boolean closeReceived;
    private final SplittableRandom masks = new SplittableRandom(new SecureRandom().nextLong());

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (closeReceived) {
            in.release();
            return;
        }
        boolean passedOn = false;
        try {
            int start = in.readerIndex();
            int end = unpack(context, in);
            if (end > start) {
                passedOn = true;
                context.fireChannelRead(in.setIndex(start, end));
            }
        } catch (IOException e) {
            context.fireExceptionCaught(e);
        } finally {
            if (!passedOn) {
                ReferenceCountUtil.release(in);
            }
        }
    }

    /** Moves the payload of all data frames to the front of the buffer. Returns its end. */
    private int unpack(ChannelHandlerContext context, ByteBuf in) throws IOException {
        int out = in.readerIndex();
        int at = in.readerIndex();
        int end = in.writerIndex();
        while (at < end || insideFrame && left == 0) {
            if (!insideFrame) {
                header[headerRead++] = in.getByte(at++);
                if (headerRead >= 2 && headerRead == headerLength()) {
                    beginFrame();
                }
                continue;
            }
            int length = (int) Math.min(left, end - at);
            if (opcode >= CLOSE) {
                control.writeBytes(in, at, length);
            } else {
                if (at != out && length > 0) {
                    in.setBytes(out, in, at, length);
                }
                out += length;
            }
            at += length;
            left -= length;
            if (left == 0) {
                insideFrame = false;
                headerRead = 0;
                if (opcode >= CLOSE) {
                    controlFrame(context);
                    if (closeReceived) {
                        break;
                    }
                }
            }
        }
        return out;
    }

    private int headerLength() {
        int length = header[1] & 0x7f;
        return length == 126 ? 4 : length == 127 ? 10 : 2;
    }

    private void beginFrame() throws IOException {
        opcode = header[0] & 0x0f;
        boolean last = (header[0] & FIN) != 0;
        int length = header[1] & 0x7f;
        left = length;
        if (length >= 126) {
            int bytes = length == 126 ? 2 : 8;
            left = 0;
            for (int i = 0; i < bytes; i++) {
                left = left << 8 | header[2 + i] & 0xff;
            }
        }
        if ((header[0] & 0x70) != 0) {
            throw invalid("it sets a reserved bit, but no extension was negotiated");
        }
        if ((header[1] & MASKED) != 0) {
            throw invalid("it is masked, as only a client's frames may be");
        }
        if (length == 126 && left < 126 || length == 127 && left >= 0 && left < 65_536) {
            throw invalid("its length is not encoded in the fewest bytes");
        }
        if (left < 0) {
            throw invalid("its length has the highest bit set");
        }
        switch (opcode) {
            case CONTINUATION -> {
                if (!insideMessage) {
                    throw invalid("it continues a message that was not started");
                }
                insideMessage = !last;
            }
            case BINARY -> {
                if (insideMessage) {
                    throw invalid("it starts a message before the previous one has ended");
                }
                insideMessage = !last;
            }
            case TEXT -> throw invalid("it is a text frame, but MQTT requires binary frames [MQTT-6.0.0-1]");
            case CLOSE, PING, PONG -> {
                if (!last || left > 125) {
                    throw invalid("it is a control frame that is fragmented or longer than 125 bytes");
                }
                control.clear();
            }
            default -> throw invalid("it has the reserved opcode " + opcode);
        }
        insideFrame = true;
    }

    private static IOException invalid(String why) {
        return new IOException("the server sent an invalid WebSocket frame: " + why);
    }

    private void controlFrame(ChannelHandlerContext context) throws IOException {
        if (opcode == PING && !closeSent) {
            pong.clear().writeBytes(control);
            pongDue = true;
        } else if (opcode == CLOSE) {
            closeReceived = true;
            if (control.readableBytes() == 1) {
                throw invalid("it is a close frame with half a status code");
            }
            int status = control.readableBytes() >= 2 ? control.readUnsignedShort() : 1005;
            String reason = control.toString(StandardCharsets.UTF_8);
            if (!closeSent) {
                sendClose(context, status == 1005 ? 1000 : status);
            }
            if (status != 1000 && status != 1001 && status != 1005) {
                throw new IOException("the server closed the WebSocket with status " + status
                        + (reason.isEmpty() ? "" : ": " + reason));
            }
            context.close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        answerPing(context);
        context.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        answerPing(context);
        context.fireChannelWritabilityChanged();
    }

    /** RFC 6455, section 5.5.3: of several unanswered pings only the last one needs a pong. */
    private void answerPing(ChannelHandlerContext context) {
        if (pongDue && !closeSent && context.channel().isWritable()) {
            pongDue = false;
            context.writeAndFlush(frame(context, PONG, pong, pong.readableBytes()), context.voidPromise());
        }
    }

    /** Sends a close frame, once. Loop only. */
    void sendClose(ChannelHandlerContext context, int status) {
        if (!closeSent) {
            closeSent = true;
            ByteBuf payload = Unpooled.buffer(2).writeShort(status);
            context.writeAndFlush(frame(context, CLOSE, payload, 2), context.voidPromise());
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        ByteBuf bytes = (ByteBuf) message;
        if (!bytes.isReadable()) {
            context.write(bytes, promise);
            return;
        }
        try {
            while (bytes.readableBytes() > LARGEST_FRAME_OUT) {
                context.write(frame(context, BINARY, bytes, LARGEST_FRAME_OUT), context.voidPromise());
            }
            context.write(frame(context, BINARY, bytes, bytes.readableBytes()), promise);
        } finally {
            bytes.release();
        }
    }

    /** One masked frame with the next bytes of the payload. */
    private ByteBuf frame(ChannelHandlerContext context, int opcode, ByteBuf payload, int length) {
        ByteBuf out = context.alloc().directBuffer(14 + length);
        out.writeByte(FIN | opcode);
        if (length < 126) {
            out.writeByte(MASKED | length);
        } else if (length < 65536) {
            out.writeByte(MASKED | 126).writeShort(length);
        } else {
            out.writeByte(MASKED | 127).writeLong(length);
        }
        int mask = masks.nextInt();
        out.writeInt(mask);
        long wide = (long) mask << 32 | mask & 0xffffffffL;
        int at = payload.readerIndex();
        int end = at + length;
        for (; at + 8 <= end; at += 8) {
            out.writeLong(payload.getLong(at) ^ wide);
        }
        for (int shift = 24; at < end; at++, shift -= 8) {
            out.writeByte(payload.getByte(at) ^ mask >> (shift & 31));
        }
        payload.readerIndex(end);
        return out;
    }
}
