package io.godwit.cli.bench;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of this machine that connections start from, in turn. One address has some 28,000 ports towards one broker;
 * several have so many each.
 *
 * @param addresses empty: the system chooses
 */
public record Sources(List<InetAddress> addresses) {
    /** The system chooses. */
    public static final Sources ANY = new Sources(List.of());

    private static final int MOST = 65_536;

    public Sources {
        addresses = List.copyOf(addresses);
    }

    /** Reads addresses with commas between them, and ranges such as {@code 127.0.0.2-127.0.0.9} or {@code 127.0.0.2-9}. */
    public static Sources parse(String text) {
        List<InetAddress> all = new ArrayList<>();
        for (String part : text.split(",")) {
            int dash = part.indexOf('-');
            if (dash < 0) {
                all.add(address(part.strip()));
            } else {
                String first = part.substring(0, dash).strip();
                String last = part.substring(dash + 1).strip();
                range(first, last.contains(".") ? last : first.substring(0, first.lastIndexOf('.') + 1) + last, all);
            }
        }
        return new Sources(all);
    }

    private static void range(String first, String last, List<InetAddress> into) {
        long from = number(first);
        long to = number(last);
        if (to < from || to - from >= MOST) {
            throw new IllegalArgumentException(
                    "--sources " + first + "-" + last + ": the second address has to follow the first, within " + MOST);
        }
        for (long number = from; number <= to; number++) {
            into.add(address(
                    (number >> 24) + "." + (number >> 16 & 255) + "." + (number >> 8 & 255) + "." + (number & 255)));
        }
    }

    private static long number(String address) {
        if (!(address(address) instanceof Inet4Address four)) {
            throw new IllegalArgumentException("--sources " + address + ": a range is of IPv4 addresses");
        }
        long number = 0;
        for (byte b : four.getAddress()) {
            number = number << 8 | b & 255;
        }
        return number;
    }

    private static InetAddress address(String text) {
        try {
            if (!text.isEmpty() && text.chars().allMatch(c -> Character.digit(c, 16) >= 0 || c == '.' || c == ':')) {
                return InetAddress.getByName(text);
            }
        } catch (UnknownHostException e) {
            // said below
        }
        throw new IllegalArgumentException(
                "--sources: '" + text + "' is not an address; write 127.0.0.2,127.0.0.3 or 127.0.0.2-127.0.0.9");
    }

    /** Where a connection starts, counted from 0; null: the system chooses. */
    @Nullable
    InetAddress of(int connection) {
        return addresses.isEmpty() ? null : addresses.get(connection % addresses.size());
    }

    /** For people. */
    String text() {
        return switch (addresses.size()) {
            case 0 -> "the system's choice";
            case 1 -> addresses.get(0).getHostAddress();
            default ->
                addresses.get(0).getHostAddress() + " to "
                        + addresses.get(addresses.size() - 1).getHostAddress() + " (" + addresses.size() + ")";
        };
    }
}
