package io.godwit.cli.options;

import io.godwit.cli.output.MessagePrinter;
import io.godwit.cli.output.OutputFormat;
import io.godwit.cli.output.PayloadStyle;
import io.godwit.cli.output.Terminal;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How messages are printed: the options that all commands share which print some, with mosquitto_sub's letters. */
public final class PrintOptions {
    @Option(
            names = {"-v", "--verbose"},
            order = -28,
            description = "Print the topic before the payload.")
    private boolean verbose;

    @Option(
            names = {"-F", "--format"},
            paramLabel = "FORMAT",
            order = -27,
            description = {
                "Print each message so: %%t topic, %%p payload, %%q QoS, %%r retain,",
                "%%l length, %%x hex, %%j JSON, %%I time, @H:@M:@S ... as mosquitto_sub."
            })
    private @Nullable String format;

    @Option(names = "--pretty", order = -26, description = "JSON of %%j and %%J over several lines.")
    private boolean pretty;

    @Option(
            names = "--payload",
            paramLabel = "STYLE",
            order = -25,
            description = "Show payloads as: ${COMPLETION-CANDIDATES}. [${DEFAULT-VALUE}]")
    private PayloadStyle style = PayloadStyle.auto;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            order = -24,
            description = "always, never, or auto: on a terminal. [auto]")
    private String colour = "auto";

    @Option(
            names = {"-N", "--no-eol"},
            order = -23,
            description = "No end of line after a message.")
    private boolean noEndOfLine;

    /**
     * What prints so.
     *
     * @throws IllegalArgumentException when the format or the colour is none
     */
    public MessagePrinter printer(Terminal terminal) {
        Boolean colours = switch (colour) {
            case "always" -> Boolean.TRUE;
            case "never" -> Boolean.FALSE;
            case "auto" -> null;
            default -> throw new IllegalArgumentException("--color " + colour + ": always, never or auto");
        };
        return new MessagePrinter(
                terminal.withColours(colours),
                format == null ? null : OutputFormat.parse(format, pretty, ZoneId.systemDefault()),
                style,
                verbose,
                !noEndOfLine);
    }
}
