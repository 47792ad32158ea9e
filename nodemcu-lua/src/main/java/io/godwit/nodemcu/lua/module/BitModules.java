package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntBinaryOperator;

/** {@code bit}: operations on 32-bit integers; {@code struct}: numbers to and from bytes. */
final class BitModules {

    private static final LuaLibrary BIT = LuaLibrary.module("bit")
            .function("bnot", call -> call.push(~word(call, 1)))
            .function("band", call -> fold(call, (a, b) -> a & b))
            .function("bor", call -> fold(call, (a, b) -> a | b))
            .function("bxor", call -> fold(call, (a, b) -> a ^ b))
            .function("lshift", call -> call.push(shift(word(call, 1), call.integer(2), 'l')))
            .function("rshift", call -> call.push(shift(word(call, 1), call.integer(2), 'r')))
            .function("arshift", call -> call.push(shift(word(call, 1), call.integer(2), 'a')))
            .function("bit", call -> call.push(shift(1, call.integer(1), 'l')))
            .function("set", call -> fold(call, (a, b) -> a | 1 << b))
            .function("clear", call -> fold(call, (a, b) -> a & ~(1 << b)))
            .function("isset", call -> call.push((word(call, 1) >> call.integer(2) & 1) == 1))
            .function("isclear", call -> call.push((word(call, 1) >> call.integer(2) & 1) == 0))
            .build();

    private static final LuaLibrary STRUCT = LuaLibrary.module("struct")
            .function("pack", BitModules::pack)
            .function("unpack", BitModules::unpack)
            .function("size", call -> {
                Format format = new Format(call.text(1));
                int size = 0;
                while (format.next()) {
                    if (format.kind == 's' || format.kind == 'c' && format.size == 0) {
                        throw call.argument(1, "variable-size format in size");
                    }
                    size += format.padding(size) + format.size;
                }
                return call.push(size);
            })
            .build();

    static final List<LuaLibrary> LIBRARIES = List.of(BIT, STRUCT);

    /** A chip runs out of memory long before. */
    private static final int MOST_PACKED = 1 << 20;

    private BitModules() {}

    private static int word(LuaCall call, int index) {
        return (int) call.integer(index);
    }

    private static int fold(LuaCall call, IntBinaryOperator operator) {
        int result = word(call, 1);
        for (int i = 2; i <= call.count(); i++) {
            result = operator.applyAsInt(result, word(call, i));
        }
        return call.push(result);
    }

    private static int shift(int value, long by, char kind) {
        if (by < 0 || by > 31) {
            return kind == 'a' && value < 0 ? -1 : 0;
        }
        return switch (kind) {
            case 'l' -> value << by;
            case 'r' -> value >>> by;
            default -> value >> by;
        };
    }

    /** Walks a format string such as {@code <I2s}. */
    private static final class Format {
        private final String text;
        private int at;
        private boolean little = true;
        private int align = 1;
        private char kind;
        private int size;

        Format(String text) {
            this.text = text;
        }

        boolean next() {
            while (at < text.length()) {
                char ch = text.charAt(at++);
                switch (ch) {
                    case ' ' -> {}
                    case '<' -> little = true;
                    case '>' -> little = false;
                    case '!' -> align = number(8);
                    case 'x' -> {
                        return item('x', 1);
                    }
                    case 'b', 'B' -> {
                        return item(ch == 'b' ? 'i' : 'I', 1);
                    }
                    case 'h', 'H' -> {
                        return item(ch == 'h' ? 'i' : 'I', 2);
                    }
                    case 'i', 'I' -> {
                        return item(ch, number(4));
                    }
                    case 'l', 'L' -> {
                        return item(ch == 'l' ? 'i' : 'I', 4);
                    }
                    case 'T' -> {
                        return item('I', 4);
                    }
                    case 'f' -> {
                        return item('f', 4);
                    }
                    case 'd', 'n' -> {
                        return item('f', 8);
                    }
                    case 's' -> {
                        return item('s', 0);
                    }
                    case 'c' -> {
                        return item('c', number(1));
                    }
                    default -> throw new LuaError("invalid format option '" + ch + "'");
                }
            }
            return false;
        }

        private boolean item(char newKind, int newSize) {
            if ((newKind == 'i' || newKind == 'I') && (newSize < 1 || newSize > 8)) {
                throw new LuaError("integral size " + newSize + " is larger than limit of 8");
            }
            kind = newKind;
            size = newSize;
            return true;
        }

        private int number(int absent) {
            int start = at;
            while (at < text.length() && Character.isDigit(text.charAt(at)) && at - start < 6) {
                at++;
            }
            return start == at ? absent : Integer.parseInt(text.substring(start, at));
        }

        /** Zero bytes needed before an item at {@code offset}. */
        int padding(int offset) {
            if (align <= 1 || kind == 's' || kind == 'c' || kind == 'x') {
                return 0;
            }
            int unit = Math.max(1, Math.min(align, size));
            return (unit - offset % unit) % unit;
        }
    }

    private static int pack(LuaCall call) {
        Format format = new Format(call.text(1));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int argument = 2;
        while (format.next()) {
            if (out.size() > MOST_PACKED) {
                throw new LuaError("not enough memory");
            }
            for (int pad = format.padding(out.size()); pad > 0; pad--) {
                out.write(0);
            }
            switch (format.kind) {
                case 'x' -> out.write(0);
                case 'i', 'I' -> {
                    double number = call.number(argument++);
                    long value = number >= 0x1p63 ? (long) (number - 0x1p64) : (long) number;
                    writeWord(out, value, format);
                }
                case 'f' -> {
                    double number = call.number(argument++);
                    writeWord(
                            out,
                            format.size == 4 ? Float.floatToIntBits((float) number) : Double.doubleToLongBits(number),
                            format);
                }
                case 's' -> {
                    out.writeBytes(call.bytes(argument++));
                    out.write(0);
                }
                default -> {
                    byte[] text = call.bytes(argument);
                    int size = format.size == 0 ? text.length : format.size;
                    if (text.length < size) {
                        throw call.argument(argument, "string too short");
                    }
                    out.write(text, 0, size);
                    argument++;
                }
            }
        }
        return call.push(out.toByteArray());
    }

    private static void writeWord(ByteArrayOutputStream out, long value, Format format) {
        for (int i = 0; i < format.size; i++) {
            int place = format.little ? i : format.size - 1 - i;
            out.write((int) (value >> 8 * place));
        }
    }

    private static int unpack(LuaCall call) {
        Format format = new Format(call.text(1));
        byte[] data = call.bytes(2);
        int at = (int) Math.min(data.length, Math.max(1, call.integer(3, 1)) - 1);
        int results = 0;
        double last = 0;
        while (format.next()) {
            at += format.padding(at);
            if (format.kind == 's') {
                int end = at;
                while (end < data.length && data[end] != 0) {
                    end++;
                }
                if (end >= data.length) {
                    throw new LuaError("unfinished string in data");
                }
                results += call.push(Arrays.copyOfRange(data, at, end));
                at = end + 1;
                continue;
            }
            int size = format.kind == 'c' && format.size == 0 ? (int) last : format.size;
            if (size < 0 || at > data.length - size) {
                throw call.argument(2, "data string too short");
            }
            switch (format.kind) {
                case 'x' -> {}
                case 'c' -> {
                    if (format.size == 0) {
                        // The length was the number before, which this string replaces.
                        call.pop(1);
                        results--;
                    }
                    results += call.push(Arrays.copyOfRange(data, at, at + size));
                }
                default -> {
                    last = readWord(data, at, format);
                    results += call.push(last);
                }
            }
            at += size;
        }
        call.push(at + 1);
        return results + 1;
    }

    private static double readWord(byte[] data, int at, Format format) {
        long value = 0;
        for (int i = 0; i < format.size; i++) {
            int place = format.little ? format.size - 1 - i : i;
            value = value << 8 | data[at + place] & 0xFF;
        }
        if (format.kind == 'f') {
            return format.size == 4 ? Float.intBitsToFloat((int) value) : Double.longBitsToDouble(value);
        }
        int unused = 64 - 8 * format.size;
        if (format.kind == 'i') {
            return value << unused >> unused;
        }
        return value >= 0 ? value : value + 0x1p64;
    }
}
