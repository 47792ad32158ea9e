package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaOwned;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The buffer of {@code pixbuf} and {@code ws2812}: pixels with one byte for each channel. */
final class PixelBuffer implements LuaOwned {

    static final int FADE_OUT = 0;
    static final int FADE_IN = 1;
    static final int SHIFT_LOGICAL = 0;
    static final int SHIFT_CIRCULAR = 1;

    private static final String TYPE = "pixbuf.buf";
    private static final int MOST_PIXELS = 8192;
    private static final int MOST_CHANNELS = 32;

    private static final LuaLibrary LIBRARY = LuaLibrary.object(TYPE)
            .metamethod("__concat", PixelBuffer::concat)
            .metamethod(
                    "__eq",
                    call -> call.push(Arrays.equals(of(call, 1).bytes, of(call, 2).bytes)
                            && of(call, 1).channels == of(call, 2).channels))
            .metamethod("__tostring", call -> call.push(of(call, 1).toString()))
            .function("channels", call -> call.push(of(call, 1).channels))
            .function("dump", call -> call.push(of(call, 1).bytes.clone()))
            .function("fade", call -> of(call, 1).fade(call, false))
            .function("fadeI", call -> of(call, 1).fade(call, true))
            .function("fill", call -> of(call, 1).fill(call))
            .function("get", call -> of(call, 1).get(call))
            .function("map", call -> of(call, 1).map(call))
            .function("mix", call -> PixelMix.mix(call, of(call, 1), false))
            .function("mix4I5", call -> PixelMix.mix(call, of(call, 1), true))
            .function("power", call -> of(call, 1).power(call, false))
            .function("powerI", call -> of(call, 1).power(call, true))
            .function("replace", call -> of(call, 1).replace(call))
            .function("set", call -> of(call, 1).set(call))
            .function("shift", call -> of(call, 1).shift(call))
            .function("size", call -> call.push(of(call, 1).size()))
            .function("sub", call -> of(call, 1).sub(call))
            .build();

    private final byte[] bytes;
    private final int channels;

    private PixelBuffer(byte[] bytes, int channels) {
        this.bytes = bytes;
        this.channels = channels;
    }

    /** {@code newBuffer(pixels, channels)}. */
    static int create(LuaCall call) {
        int pixels = positive(call, 1);
        int channels = positive(call, 2);
        return push(call, pixels, channels, null);
    }

    private static int positive(LuaCall call, int index) {
        double number = call.number(index);
        if (!(number >= 1)) {
            throw call.argument(index, "should be a positive integer");
        }
        return (int) Math.min(number, Integer.MAX_VALUE);
    }

    private static int push(LuaCall call, int pixels, int channels, byte @Nullable [] content) {
        if (pixels > MOST_PIXELS || channels > MOST_CHANNELS) {
            throw new LuaError("pixbuf size limits exeeded");
        }
        call.reserve((long) pixels * channels);
        return call.pushObject(
                new PixelBuffer(content == null ? new byte[pixels * channels] : content, channels), LIBRARY);
    }

    static PixelBuffer of(LuaCall call, int index) {
        return call.object(index, PixelBuffer.class, TYPE);
    }

    @Override
    public long hostBytes() {
        return bytes.length;
    }

    byte[] bytes() {
        return bytes;
    }

    int channels() {
        return channels;
    }

    int size() {
        return bytes.length / channels;
    }

    /** A position from 1, or from the end if negative, brought into the buffer. */
    private int place(long position) {
        long place = position < 0 ? position + size() + 1 : position;
        return (int) Math.min(Math.max(place, 1), size());
    }

    private static byte clamped(long value) {
        return (byte) Math.max(0, Math.min(255, value));
    }

    private static int concat(LuaCall call) {
        PixelBuffer first = of(call, 1);
        PixelBuffer second = of(call, 2);
        if (first.channels != second.channels) {
            throw call.argument(1, "can only concatenate buffers with same channel count");
        }
        byte[] both = Arrays.copyOf(first.bytes, first.bytes.length + second.bytes.length);
        System.arraycopy(second.bytes, 0, both, first.bytes.length, second.bytes.length);
        return push(call, both.length / first.channels, first.channels, both);
    }

    /** Fades every channel, or only the first of each pixel: the intensity. */
    private int fade(LuaCall call, boolean intensityOnly) {
        long value = call.integer(2);
        if (value <= 0) {
            throw call.argument(2, "fade value should be a strictly positive int");
        }
        boolean out = call.integer(3, FADE_OUT) == FADE_OUT;
        for (int i = 0; i < bytes.length; i += intensityOnly ? channels : 1) {
            long level = bytes[i] & 0xFF;
            bytes[i] = clamped(out ? level / value : level * Math.min(value, 256));
        }
        return 0;
    }

    private int fill(LuaCall call) {
        if (bytes.length > 0) {
            if (call.count() != 1 + channels) {
                throw call.argument(1, "need as many values as colors per pixel");
            }
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = i < channels ? (byte) call.integer(2 + i) : bytes[i - channels];
            }
        }
        return call.pushCopy(1);
    }

    private int pixel(LuaCall call, int index) {
        double pixel = call.number(index);
        if (!(pixel >= 1 && pixel < size() + 1)) {
            throw call.argument(index, "index out of range");
        }
        return ((int) pixel - 1) * channels;
    }

    private int get(LuaCall call) {
        int at = pixel(call, 2);
        for (int i = 0; i < channels; i++) {
            call.push(bytes[at + i] & 0xFF);
        }
        return channels;
    }

    /** {@code set(i, r, g, b)}, {@code set(i, {r, g, b})} or {@code set(i, "bytes of one or more pixels")}. */
    private int set(LuaCall call) {
        int at = pixel(call, 2);
        if (call.isTable(3)) {
            for (int i = 0; i < channels; i++) {
                int value = call.pushIndex(3, i + 1);
                bytes[at + i] = call.isNumber(value) ? (byte) call.integer(value) : 0;
                call.pop(1);
            }
        } else if (call.isString(3) && !call.isNumber(3)) {
            byte[] given = call.bytes(3);
            if (at + given.length > bytes.length) {
                throw new LuaError("string size will exceed strip length");
            }
            if (given.length % channels != 0) {
                throw new LuaError("string does not contain whole LEDs");
            }
            System.arraycopy(given, 0, bytes, at, given.length);
        } else {
            if (call.count() > 2 + channels) {
                throw call.argument(2 + channels, "extra values given");
            }
            for (int i = 0; i < channels; i++) {
                bytes[at + i] = (byte) call.integer(3 + i);
            }
        }
        return call.pushCopy(1);
    }

    /** {@code map(f[, first buffer[, from[, to[, second buffer[, from]]]]])}. */
    private int map(LuaCall call) {
        PixelBuffer first = call.isNoneOrNil(3) ? this : of(call, 3);
        int from = first.place(call.integer(4, 1)) - 1;
        int to = first.place(call.integer(5, first.size())) - 1;
        if (to <= from) {
            throw call.argument(3, "Buffer limits out of order");
        }
        int pixels = to - from + 1;
        if (pixels != size()) {
            throw call.argument(1, "Output buffer wrong size");
        }
        PixelBuffer second = call.isNoneOrNil(6) ? null : of(call, 6);
        int secondFrom = second == null ? 0 : second.place(call.integer(7, 1)) - 1;
        if (second != null && secondFrom + pixels > second.size()) {
            throw call.argument(6, "Second buffer too short");
        }
        for (int pixel = 0; pixel < pixels; pixel++) {
            call.pushCopy(2);
            int given = first.pushPixel(call, from + pixel);
            if (second != null) {
                given += second.pushPixel(call, secondFrom + pixel);
            }
            call.invoke(given, channels);
            int result = call.count() - channels + 1;
            for (int i = 0; i < channels; i++) {
                if (!call.isNumber(result + i)) {
                    throw new LuaError("the function must return " + channels + " numbers, but one is a "
                            + call.typeName(result + i));
                }
                bytes[pixel * channels + i] = (byte) call.integer(result + i);
            }
            call.pop(channels);
        }
        return call.pushCopy(1);
    }

    private int pushPixel(LuaCall call, int pixel) {
        for (int i = 0; i < channels; i++) {
            call.push(bytes[pixel * channels + i] & 0xFF);
        }
        return channels;
    }

    private int power(LuaCall call, boolean byIntensity) {
        long total = 0;
        for (int i = 0; i < bytes.length; i++) {
            int level = bytes[i] & 0xFF;
            int intensity = bytes[i - i % channels] & 0xFF;
            total += byIntensity ? i % channels == 0 ? 0 : (long) intensity * level : level;
        }
        return call.push(total);
    }

    private int replace(LuaCall call) {
        int at = place(call.integer(3, 1)) - 1;
        byte[] source;
        if (call.isString(2)) {
            source = call.bytes(2);
        } else {
            PixelBuffer other = of(call, 2);
            if (other.channels != channels) {
                throw call.argument(2, "buffers have different channels");
            }
            source = other.bytes;
        }
        int pixels = source.length / channels;
        if (at + pixels > size()) {
            throw call.argument(2, "does not fit into destination");
        }
        System.arraycopy(source, 0, bytes, at * channels, pixels * channels);
        return 0;
    }

    private int sub(LuaCall call) {
        int from = place(call.integer(2));
        int to = place(call.integer(3, -1));
        byte[] part = from > to || bytes.length == 0
                ? new byte[0]
                : Arrays.copyOfRange(bytes, (from - 1) * channels, to * channels);
        return push(call, part.length / channels, channels, part);
    }

    private int shift(LuaCall call) {
        long by = call.integer(2);
        long type = call.integer(3, SHIFT_LOGICAL);
        int from = place(call.integer(4, 1));
        int to = place(call.integer(5, -1));
        if (type != SHIFT_LOGICAL && type != SHIFT_CIRCULAR) {
            throw call.argument(3, "invalid shift type");
        }
        if (to < from) {
            throw call.argument(5, "end position must be >= start");
        }
        int window = to - from + 1;
        if (Math.abs(by) > size()) {
            throw call.argument(2, "shifting more elements than buffer size");
        }
        if (Math.abs(by) > window) {
            throw call.argument(2, "shifting more than sliced window");
        }
        byte[] before = Arrays.copyOfRange(bytes, (from - 1) * channels, to * channels);
        for (int pixel = 0; pixel < window; pixel++) {
            int source = pixel - (int) by;
            boolean inside = source >= 0 && source < window;
            for (int i = 0; i < channels; i++) {
                int index = (from - 1 + pixel) * channels + i;
                bytes[index] =
                        inside || type == SHIFT_CIRCULAR ? before[Math.floorMod(source, window) * channels + i] : 0;
            }
        }
        return 0;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < bytes.length; i++) {
            text.append(i % channels > 0 ? "," : i == 0 ? "(" : ",(").append(bytes[i] & 0xFF);
            text.append(i % channels == channels - 1 ? ")" : "");
        }
        return text.append(']').toString();
    }
}
