package io.godwit.cli.packets;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Bytes in hexadecimal with their characters beside, sixteen a line; secret ones are masked. */
public final class HexDump {
    private final byte[] bytes;
    private final BitSet secret;

    HexDump(byte[] bytes, BitSet secret) {
        this.bytes = bytes;
        this.secret = secret;
    }

    /** The lines, at most so many; where more follow, the last line says how many bytes. */
    public List<String> lines(int most) {
        List<String> lines = new ArrayList<>();
        int at = 0;
        for (; at < bytes.length && lines.size() < most; at += 16) {
            lines.add(line(at));
        }
        if (at < bytes.length) {
            lines.add("... and " + (bytes.length - at) + " bytes");
        }
        return lines;
    }

    private String line(int from) {
        StringBuilder hex = new StringBuilder(String.format("%04x  ", from));
        StringBuilder text = new StringBuilder();
        for (int i = from; i < from + 16; i++) {
            if (i >= bytes.length) {
                hex.append("   ");
            } else if (secret.get(i)) {
                hex.append("** ");
                text.append('*');
            } else {
                hex.append(String.format("%02x ", bytes[i]));
                text.append(bytes[i] >= 0x20 && bytes[i] < 0x7F ? (char) bytes[i] : '.');
            }
            if (i - from == 7) {
                hex.append(' ');
            }
        }
        return hex.append(' ').append(text).toString();
    }

    /** All bytes on one line without blanks, for JSON. */
    public String compact() {
        StringBuilder hex = new StringBuilder(bytes.length * 2);
        for (int i = 0; i < bytes.length; i++) {
            hex.append(secret.get(i) ? "**" : String.format("%02x", bytes[i]));
        }
        return hex.toString();
    }
}
