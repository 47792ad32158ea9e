package io.godwit.nodemcu.lua.vm;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Lua 5.1's pattern matching with a budget of steps. The native matcher is faster but can neither be stopped nor be kept
 * from recursing through the process's stack, so patterns that could do either come here.
 */
public final class LuaPattern {

    private static final int MAX_CAPTURES = 32;
    private static final int MAX_DEPTH = 200;
    private static final int MAX_STEPS = 20_000_000;
    private static final int OPEN = -1;
    private static final int POSITION = -2;
    private static final int NO_MATCH = -1;

    private final byte[] source;
    private final byte[] pattern;
    private final int[] captureStart = new int[MAX_CAPTURES];
    private final int[] captureLength = new int[MAX_CAPTURES];
    private int captures;
    private int depth;
    private long steps;

    private LuaPattern(byte[] source, byte[] pattern) {
        this.source = source;
        this.pattern = pattern;
    }

    /**
     * The texts in which the pattern matches anywhere.
     *
     * @throws LuaError if the pattern is malformed or takes too long for all of them together
     */
    public static List<String> matching(Collection<String> texts, byte[] pattern) {
        List<String> matching = new ArrayList<>();
        long steps = 0;
        for (String text : texts) {
            LuaPattern matcher = new LuaPattern(text.getBytes(StandardCharsets.ISO_8859_1), pattern);
            matcher.steps = steps;
            if (matcher.matches()) {
                matching.add(text);
            }
            steps = matcher.steps;
        }
        return matching;
    }

    private boolean matches() {
        boolean anchored = pattern.length > 0 && pattern[0] == '^';
        for (int at = 0; at <= source.length; at++) {
            captures = 0;
            if (match(at, anchored ? 1 : 0) != NO_MATCH) {
                return true;
            }
            if (anchored) {
                break;
            }
        }
        return false;
    }

    /** {@code find(s, pattern, init)} without plain search: start, end and captures, or nil. */
    static int find(LuaCall call) {
        LuaPattern matcher = new LuaPattern(call.bytes(1), call.bytes(2));
        long init = call.integer(3, 1);
        int length = matcher.source.length;
        long from = init < 0 ? Math.max(0, length + init) : Math.max(0, init - 1);
        boolean anchored = matcher.pattern.length > 0 && matcher.pattern[0] == '^';
        for (int at = (int) Math.min(from, length); at <= length; at++) {
            matcher.captures = 0;
            int end = matcher.match(at, anchored ? 1 : 0);
            if (end != NO_MATCH) {
                call.push((double) at + 1);
                call.push((double) end);
                return 2 + matcher.pushCaptures(call);
            }
            if (anchored) {
                break;
            }
        }
        return call.pushNil();
    }

    private int pushCaptures(LuaCall call) {
        for (int i = 0; i < captures; i++) {
            if (captureLength[i] == POSITION) {
                call.push(captureStart[i] + 1.0);
            } else if (captureLength[i] == OPEN) {
                throw new LuaError("unfinished capture");
            } else {
                call.push(Arrays.copyOfRange(source, captureStart[i], captureStart[i] + captureLength[i]));
            }
        }
        return captures;
    }

    private void step() {
        steps(1);
    }

    /** Sets and back references are as long as the pattern and the text: they count by their length. */
    private void steps(int count) {
        steps += count;
        if (steps > MAX_STEPS) {
            throw new LuaError("watchdog: the pattern took too long");
        }
    }

    private int match(int s, int p) {
        if (++depth > MAX_DEPTH) {
            throw new LuaError("pattern too complex");
        }
        try {
            return matchHere(s, p);
        } finally {
            depth--;
        }
    }

    private int matchHere(int start, int startPattern) {
        int s = start;
        int p = startPattern;
        while (true) {
            step();
            if (p == pattern.length) {
                return s;
            }
            switch (pattern[p]) {
                case '(' -> {
                    return p + 1 < pattern.length && pattern[p + 1] == ')'
                            ? startCapture(s, p + 2, POSITION)
                            : startCapture(s, p + 1, OPEN);
                }
                case ')' -> {
                    return endCapture(s, p + 1);
                }
                case '$' -> {
                    if (p + 1 == pattern.length) {
                        return s == source.length ? s : NO_MATCH;
                    }
                }
                case '%' -> {
                    int length = specialLength(p);
                    if (length > 0) {
                        s = special(s, p);
                        if (s == NO_MATCH) {
                            return NO_MATCH;
                        }
                        p += length;
                        continue;
                    }
                }
                default -> {}
            }
            int end = classEnd(p);
            boolean here = s < source.length && single(source[s] & 0xFF, p, end);
            int suffix = end < pattern.length ? pattern[end] : 0;
            switch (suffix) {
                case '?' -> {
                    if (here) {
                        int result = match(s + 1, end + 1);
                        if (result != NO_MATCH) {
                            return result;
                        }
                    }
                    p = end + 1;
                }
                case '*' -> {
                    return maxExpand(s, p, end);
                }
                case '+' -> {
                    return here ? maxExpand(s + 1, p, end) : NO_MATCH;
                }
                case '-' -> {
                    return minExpand(s, p, end);
                }
                default -> {
                    if (!here) {
                        return NO_MATCH;
                    }
                    s++;
                    p = end;
                }
            }
        }
    }

    /** The length of {@code %bxy}, {@code %f[set]} or {@code %1} in the pattern; 0 for any other use of {@code %}. */
    private int specialLength(int p) {
        int next = p + 1 < pattern.length ? pattern[p + 1] : 0;
        if (next == 'b') {
            return 4;
        }
        if (next == 'f') {
            if (p + 2 >= pattern.length || pattern[p + 2] != '[') {
                throw new LuaError("missing '[' after '%f' in pattern");
            }
            return classEnd(p + 2) - p;
        }
        return next >= '0' && next <= '9' ? 2 : 0;
    }

    /** Matches what {@link #specialLength} has measured; returns where the match ends. */
    private int special(int s, int p) {
        int next = pattern[p + 1];
        if (next == 'b') {
            return balanced(s, p + 2);
        }
        if (next != 'f') {
            return backReference(s, next);
        }
        int set = p + 2;
        int end = classEnd(set);
        int before = s == 0 ? 0 : source[s - 1] & 0xFF;
        int here = s < source.length ? source[s] & 0xFF : 0;
        return inSet(before, set, end - 1) || !inSet(here, set, end - 1) ? NO_MATCH : s;
    }

    private int maxExpand(int s, int p, int end) {
        int count = 0;
        while (s + count < source.length && single(source[s + count] & 0xFF, p, end)) {
            count++;
            step();
        }
        for (; count >= 0; count--) {
            int result = match(s + count, end + 1);
            if (result != NO_MATCH) {
                return result;
            }
        }
        return NO_MATCH;
    }

    private int minExpand(int start, int p, int end) {
        for (int s = start; ; s++) {
            int result = match(s, end + 1);
            if (result != NO_MATCH) {
                return result;
            }
            if (s >= source.length || !single(source[s] & 0xFF, p, end)) {
                return NO_MATCH;
            }
        }
    }

    private int startCapture(int s, int p, int what) {
        if (captures >= MAX_CAPTURES) {
            throw new LuaError("too many captures");
        }
        captureStart[captures] = s;
        captureLength[captures] = what;
        captures++;
        int result = match(s, p);
        if (result == NO_MATCH) {
            captures--;
        }
        return result;
    }

    private int endCapture(int s, int p) {
        int open = captures - 1;
        while (open >= 0 && captureLength[open] != OPEN) {
            open--;
        }
        if (open < 0) {
            throw new LuaError("invalid pattern capture");
        }
        captureLength[open] = s - captureStart[open];
        int result = match(s, p);
        if (result == NO_MATCH) {
            captureLength[open] = OPEN;
        }
        return result;
    }

    private int balanced(int s, int p) {
        if (p + 1 >= pattern.length) {
            throw new LuaError("unbalanced pattern");
        }
        if (s >= source.length || source[s] != pattern[p]) {
            return NO_MATCH;
        }
        int level = 1;
        for (int at = s + 1; at < source.length; at++) {
            step();
            if (source[at] == pattern[p + 1]) {
                if (--level == 0) {
                    return at + 1;
                }
            } else if (source[at] == pattern[p]) {
                level++;
            }
        }
        return NO_MATCH;
    }

    private int backReference(int s, int digit) {
        int index = digit - '1';
        if (index < 0 || index >= captures || captureLength[index] == OPEN) {
            throw new LuaError("invalid capture index");
        }
        int length = Math.max(0, captureLength[index]);
        if (source.length - s < length) {
            return NO_MATCH;
        }
        int from = captureStart[index];
        steps(length / 16);
        return Arrays.equals(source, from, from + length, source, s, s + length) ? s + length : NO_MATCH;
    }

    private int classEnd(int start) {
        int p = start;
        int first = pattern[p++];
        if (first == '%') {
            if (p >= pattern.length) {
                throw new LuaError("malformed pattern (ends with '%')");
            }
            return p + 1;
        }
        if (first == '[') {
            if (p < pattern.length && pattern[p] == '^') {
                p++;
            }
            do {
                if (p >= pattern.length) {
                    throw new LuaError("malformed pattern (missing ']')");
                }
                if (pattern[p++] == '%') {
                    p++;
                }
            } while (p >= pattern.length || pattern[p] != ']');
            steps((p - start) / 8);
            return p + 1;
        }
        return p;
    }

    private boolean single(int ch, int p, int end) {
        return switch (pattern[p]) {
            case '.' -> true;
            case '%' -> inClass(ch, pattern[p + 1]);
            case '[' -> inSet(ch, p, end - 1);
            default -> (pattern[p] & 0xFF) == ch;
        };
    }

    /** {@code open} is at the bracket that opens the set, {@code close} at the one that closes it. */
    private boolean inSet(int ch, int open, int close) {
        steps((close - open) / 8);
        boolean member = true;
        int p = open + 1;
        if (pattern[p] == '^') {
            member = false;
            p++;
        }
        for (; p < close; p++) {
            if (pattern[p] == '%') {
                p++;
                if (inClass(ch, pattern[p])) {
                    return member;
                }
            } else if (p + 2 < close && pattern[p + 1] == '-') {
                if ((pattern[p] & 0xFF) <= ch && ch <= (pattern[p + 2] & 0xFF)) {
                    return member;
                }
                p += 2;
            } else if ((pattern[p] & 0xFF) == ch) {
                return member;
            }
        }
        return !member;
    }

    private static boolean inClass(int ch, int classLetter) {
        boolean upperCase = classLetter >= 'A' && classLetter <= 'Z';
        boolean alpha = ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z';
        boolean digit = ch >= '0' && ch <= '9';
        boolean in = switch (classLetter | 0x20) {
            case 'a' -> alpha;
            case 'c' -> ch < 32 || ch == 127;
            case 'd' -> digit;
            case 'l' -> ch >= 'a' && ch <= 'z';
            case 'p' -> ch > 32 && ch < 127 && !alpha && !digit;
            case 's' -> ch == ' ' || ch >= 9 && ch <= 13;
            case 'u' -> ch >= 'A' && ch <= 'Z';
            case 'w' -> alpha || digit;
            case 'x' -> digit || ch >= 'a' && ch <= 'f' || ch >= 'A' && ch <= 'F';
            case 'z' -> ch == 0;
            default -> {
                upperCase = false;
                yield (classLetter & 0xFF) == ch;
            }
        };
        return in != upperCase;
    }
}
