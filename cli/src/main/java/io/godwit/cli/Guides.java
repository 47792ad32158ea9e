package io.godwit.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The guides of the documentation that are in the jar, so that whoever has the command has them. */
final class Guides {
    /** In the order of the help. */
    static final List<String> NAMES = List.of("cli connecting doctor tls transports bench simulate nodemcu".split(" "));

    private Guides() {}

    /**
     * A guide, or one of its sections up to the next heading of the same rank.
     *
     * @param section its heading as in a link: small letters, hyphens; or null
     * @throws IllegalArgumentException if there is no such section, with those that there are
     */
    static String text(String name, @Nullable String section) {
        String guide = read(name);
        if (section == null) {
            return guide;
        }
        StringBuilder found = new StringBuilder();
        StringBuilder known = new StringBuilder();
        int rank = 0;
        boolean inCode = false;
        for (String line : guide.split("\n", -1)) {
            inCode ^= line.startsWith("```");
            int here = inCode ? 0 : rank(line);
            if (here > 0) {
                String anchor = anchor(line);
                known.append(known.isEmpty() ? "" : ", ").append(anchor);
                if (rank > 0 && here <= rank) {
                    break;
                }
                if (rank == 0 && anchor.equals(section)) {
                    rank = here;
                }
            }
            if (rank > 0) {
                found.append(line).append('\n');
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    "the guide '" + name + "' has no section '" + section + "'; there are " + known);
        }
        return found.toString();
    }

    private static int rank(String line) {
        int rank = 0;
        while (rank < line.length() && line.charAt(rank) == '#') {
            rank++;
        }
        return rank < line.length() && line.charAt(rank) == ' ' ? rank : 0;
    }

    /** The heading as GitHub links it. */
    private static String anchor(String heading) {
        return heading.replaceFirst("^#+ ", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{Alnum} -]", "")
                .replace(' ', '-');
    }

    private static String read(String name) {
        try (InputStream in = Guides.class.getResourceAsStream("docs/" + name + ".md")) {
            if (in == null) {
                throw new IllegalStateException("the guide '" + name + "' is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
