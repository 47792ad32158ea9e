package io.godwit.cli.options;

import io.godwit.cli.output.MessagePrinter;
import io.godwit.cli.output.OutputFormat;
import io.godwit.cli.output.PayloadDecoder;
import io.godwit.cli.output.PayloadStyle;
import io.godwit.cli.output.Terminal;
import java.time.ZoneId;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How messages are printed: the options of all commands that print messages, with mosquitto_sub's letters. */
public final class PrintOptions {
    @Mixin
    private VerboseOption verbose = new VerboseOption("Print the topic before the payload.");

    @Mixin
    private FormatOption format = new FormatOption("Format of a message: %%t topic, %%p payload, %%q QoS, %%r retain, "
            + "%%l length, %%x hex, %%j JSON, %%I time, @H:@M:@S ... as mosquitto_sub.");

    @Option(names = "--pretty", description = "JSON of %%j and %%J over several lines.")
    private boolean pretty;

    @Mixin
    private PayloadStyleOption style = new PayloadStyleOption();

    @Mixin
    private DecodeOptions decode = new DecodeOptions();

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            completionCandidates = Candidates.When.class,
            description = "always, never, or auto: on a terminal. [auto]")
    private String colour = "auto";

    @Option(
            names = {"-N", "--no-eol"},
            description = "No end of line after a message.")
    private boolean noEndOfLine;

    /**
     * What prints so.
     *
     * @param notes receives which payloads could not be decoded
     * @throws IllegalArgumentException if the format, --color or --decode is invalid
     */
    public MessagePrinter printer(Terminal terminal, Consumer<String> notes) {
        return printer(terminal, verbose.isOn(), notes);
    }

    /** The same with topics before payloads, whatever the options say. */
    public MessagePrinter verbosePrinter(Terminal terminal, Consumer<String> notes) {
        return printer(terminal, true, notes);
    }

    private MessagePrinter printer(Terminal terminal, boolean topics, Consumer<String> notes) {
        Boolean colours = switch (colour) {
            case "always" -> Boolean.TRUE;
            case "never" -> Boolean.FALSE;
            case "auto" -> null;
            default -> throw new IllegalArgumentException("--color " + colour + ": always, never or auto");
        };
        boolean safe = terminal.outIsTerminal() && style.style() != PayloadStyle.raw;
        PayloadDecoder decoder = decode.decoder(notes);
        return new MessagePrinter(
                terminal.withColours(colours),
                format.get() == null
                        ? null
                        : OutputFormat.parse(format.get(), pretty, safe, ZoneId.systemDefault(), decoder),
                decoder,
                style.style(),
                topics,
                !noEndOfLine);
    }
}
