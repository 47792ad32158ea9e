package io.godwit.cli;

import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Terminal;
import io.godwit.cli.top.TopScreen;
import io.godwit.cli.top.TopTerminal;
import io.godwit.web.source.Source;
import io.godwit.web.source.Sources;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows the topic tree of a broker in the terminal, with rates. */
@Command(
        name = "top",
        sortOptions = false,
        customSynopsis = "godwit top [OPTIONS] [ADDRESS]",
        description = {
            "See in the terminal what is happening in a broker: the tree of godwit web with rates and sizes, for use over SSH.",
            "Keys: arrows move, open and close; s sorts, r reverses; / filters topics, Escape shows all; Space pauses; q quits."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit top                         who floods localhost:1883",
            "  godwit top test.example -t 'plant/#'"
        })
final class TopCommand extends WatchCommand {
    @Parameters(arity = "0..1", paramLabel = "ADDRESS", description = "The broker to watch. [localhost]")
    private List<String> addresses = new ArrayList<>();

    TopCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws IOException {
        if (!terminal().outIsTerminal() || !Terminal.inIsTerminal()) {
            throw new IllegalArgumentException("top needs a terminal; godwit sub -v prints messages anywhere");
        }
        connection().connectTo(addresses);
        try (Sources sources = new Sources(watch().budget(), System::currentTimeMillis)) {
            Source source = sources.get(sources.add(plans().get(0)));
            if (source == null) {
                throw new IllegalStateException("the broker was removed");
            }
            TopScreen screen = new TopScreen(source, watch().decoding());
            try (TopTerminal shown = new TopTerminal()) {
                shown.run(screen, System::currentTimeMillis);
            }
        } finally {
            transport().close();
        }
        return ExitCodes.OK;
    }
}
