package io.godwit.cli.top;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jline.keymap.BindingReader;
import org.jline.keymap.KeyMap;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.jspecify.annotations.Nullable;

/** Draws a {@link TopScreen} on the terminal, twice per second, and reads keys. */
public final class TopTerminal implements AutoCloseable {
    private static final long REDRAW_MILLIS = 500;
    private static final int HEAD = 3;
    private static final int ESCAPE = 27;
    private static final int BACKSPACE = 8;
    private static final int DELETE = 127;

    private final Terminal terminal;
    private final Display display;
    private final Attributes before;

    public TopTerminal() throws IOException {
        terminal = TerminalBuilder.builder().system(true).build();
        before = terminal.enterRawMode();
        // Ctrl-C is a key here, so that the terminal is left as it was.
        Attributes raw = terminal.getAttributes();
        raw.setLocalFlag(Attributes.LocalFlag.ISIG, false);
        terminal.setAttributes(raw);
        display = new Display(terminal, true);
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.keypad_xmit);
        terminal.puts(Capability.cursor_invisible);
    }

    private KeyMap<TopKey> keys() {
        KeyMap<TopKey> keys = new KeyMap<>();
        keys.setAmbiguousTimeout(100);
        bind(keys, TopKey.UP, Capability.key_up, "k");
        bind(keys, TopKey.DOWN, Capability.key_down, "j");
        bind(keys, TopKey.OPEN, Capability.key_right, "l", "\r", "\n", "+");
        bind(keys, TopKey.CLOSE, Capability.key_left, "h", "-");
        bind(keys, TopKey.PAGE_UP, Capability.key_ppage, KeyMap.ctrl('B'));
        bind(keys, TopKey.PAGE_DOWN, Capability.key_npage, KeyMap.ctrl('F'));
        bind(keys, TopKey.HOME, Capability.key_home, "g");
        bind(keys, TopKey.END, Capability.key_end, "G");
        keys.bind(TopKey.SORT, "s");
        keys.bind(TopKey.REVERSE, "r");
        keys.bind(TopKey.FILTER, "/");
        keys.bind(TopKey.SHOW_ALL, KeyMap.esc());
        keys.bind(TopKey.PAUSE, " ");
        keys.bind(TopKey.QUIT, "q", KeyMap.ctrl('C'), KeyMap.ctrl('D'));
        keys.setNomatch(TopKey.OTHER);
        keys.setUnicode(TopKey.OTHER);
        return keys;
    }

    private void bind(KeyMap<TopKey> keys, TopKey key, Capability capability, String... others) {
        String sequence = KeyMap.key(terminal, capability);
        if (sequence != null) {
            keys.bind(key, sequence);
        }
        keys.bind(key, others);
    }

    /** Shows the screen until a key ends it. */
    public void run(TopScreen screen, LongSupplier clock) throws IOException {
        KeyMap<TopKey> keys = keys();
        BindingReader reader = new BindingReader(terminal.reader());
        boolean running = true;
        while (running) {
            draw(screen, clock, null);
            if (reader.peekCharacter(REDRAW_MILLIS) < 0) {
                continue;
            }
            TopKey key = reader.readBinding(keys);
            if (key == null) {
                return; // the terminal has gone
            }
            if (key == TopKey.FILTER) {
                readFilter(screen, clock);
            } else {
                running = screen.press(key, clock.getAsLong());
            }
        }
    }

    /** Reads a filter; the tree follows each letter. Enter keeps it, Escape shows all. */
    private void readFilter(TopScreen screen, LongSupplier clock) throws IOException {
        StringBuilder text = new StringBuilder();
        while (true) {
            draw(screen, clock, "filter: " + text + "▏");
            int c = terminal.reader().read(REDRAW_MILLIS);
            if (c == -1 || c == '\r' || c == '\n') {
                return;
            }
            if (c == ESCAPE) {
                screen.filter("");
                return;
            }
            if (c == BACKSPACE || c == DELETE) {
                text.setLength(Math.max(0, text.length() - 1));
                screen.filter(text.toString());
            } else if (c >= ' ') {
                text.appendCodePoint(c);
                screen.filter(text.toString());
            }
        }
    }

    private void draw(TopScreen screen, LongSupplier clock, @Nullable String last) {
        Size size = terminal.getSize();
        int columns = Math.max(20, size.getColumns());
        int rows = Math.max(8, size.getRows());
        display.resize(rows, columns);
        List<AttributedString> shown = new ArrayList<>();
        for (String line : screen.lines(columns, rows, clock.getAsLong())) {
            AttributedStyle style = shown.size() == HEAD - 1 || line.startsWith(">")
                    ? AttributedStyle.DEFAULT.inverse()
                    : AttributedStyle.DEFAULT;
            shown.add(new AttributedStringBuilder().styled(style, line).toAttributedString());
        }
        if (last != null && !shown.isEmpty()) {
            shown.set(shown.size() - 1, new AttributedString(last));
        }
        display.update(shown, 0);
    }

    @Override
    public void close() throws IOException {
        terminal.puts(Capability.cursor_normal);
        terminal.puts(Capability.keypad_local);
        terminal.puts(Capability.exit_ca_mode);
        terminal.flush();
        terminal.setAttributes(before);
        terminal.close();
    }
}
