package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.vm.LuaCall;

/** {@code buffer:mix(factor1, buffer1, ...)}: a linear combination of buffers, where a factor of 256 means one. */
final class PixelMix {

    private static final int HIGHEST_INTENSITY = 31;

    private PixelMix() {}

    /** @param byIntensity for pixels of one intensity (5 bits) and three colours */
    static int mix(LuaCall call, PixelBuffer target, boolean byIntensity) {
        int count = (call.count() - 1) / 2;
        if (count == 0) {
            return call.pushCopy(1);
        }
        long[] factors = new long[count];
        byte[][] sources = new byte[count][];
        for (int i = 0; i < count; i++) {
            factors[i] = (int) call.integer(2 + 2 * i);
            PixelBuffer source = PixelBuffer.of(call, 3 + 2 * i);
            if (source.size() != target.size() || source.channels() != target.channels()) {
                throw call.argument(3 + 2 * i, "buffer not same size or shape");
            }
            sources[i] = source.bytes().clone();
        }
        if (!byIntensity) {
            mixChannels(target.bytes(), factors, sources);
        } else if (target.channels() != 4) {
            throw call.argument(2, "Requires 4 channel pixbuf");
        } else {
            for (int at = 0; at < target.bytes().length; at += 4) {
                mixPixel(target.bytes(), at, factors, sources);
            }
        }
        return call.pushCopy(1);
    }

    private static void mixChannels(byte[] target, long[] factors, byte[][] sources) {
        for (int c = 0; c < target.length; c++) {
            long sum = 0;
            for (int i = 0; i < factors.length; i++) {
                sum += (sources[i][c] & 0xFF) * factors[i];
            }
            target[c] = clamped((sum + 128) / 256);
        }
    }

    /** Keeps the intensity as low as the brightest colour allows, so that the colours keep their resolution. */
    private static void mixPixel(byte[] target, int at, long[] factors, byte[][] sources) {
        long[] sums = new long[3];
        long brightest = 0;
        for (int colour = 0; colour < 3; colour++) {
            for (int i = 0; i < factors.length; i++) {
                sums[colour] += (long) (sources[i][at + 1 + colour] & 0xFF) * (sources[i][at] & 0xFF) * factors[i];
            }
            brightest = Math.max(brightest, sums[colour]);
        }
        long intensity =
                brightest == 0 ? 0 : brightest <= 1 << 16 ? 1 : Math.min(HIGHEST_INTENSITY, (brightest >> 16) + 1);
        target[at] = (byte) intensity;
        for (int colour = 0; colour < 3; colour++) {
            target[at + 1 + colour] =
                    intensity == 0 ? 0 : clamped((sums[colour] + 256 * intensity - 127) / (256 * intensity));
        }
    }

    private static byte clamped(long value) {
        return (byte) Math.max(0, Math.min(255, value));
    }
}
