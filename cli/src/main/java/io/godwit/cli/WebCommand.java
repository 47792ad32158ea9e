package io.godwit.cli;

import io.godwit.cli.options.ListenOptions;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Terminal;
import io.godwit.web.WebServer;
import io.godwit.web.WebSettings;
import io.godwit.web.page.Workspace;
import io.godwit.web.source.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Serves the page that shows what is happening in brokers and recordings. */
@Command(
        name = "web",
        sortOptions = false,
        customSynopsis = "godwit web [OPTIONS] [ADDRESS|RECORDING]...",
        description = {
            "See in a browser what is happening in a broker: topics, payloads, rates, history.",
            "Opens the browser; the page is for this machine and this user only. The address works once: press Enter for another."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit web                                   localhost:1883",
            "  godwit web mqtts://broker.example.com -u me --password-env PW -t 'plant/#'",
            "  godwit web localhost test.example day.jsonl  two brokers and a recording",
            "  godwit web --read-only --decode 'plant/+/raw=cbor'"
        })
final class WebCommand extends WatchCommand {
    @Parameters(
            arity = "0..*",
            paramLabel = "ADDRESS|RECORDING",
            description = "Brokers to watch, and files of godwit record to open. [localhost]")
    private List<String> places = new ArrayList<>();

    @Mixin
    private ListenOptions listen = new ListenOptions();

    @Option(names = "--read-only", description = "Let the page publish and clear nothing.")
    private boolean readOnly;

    @Option(names = "--no-browser", description = "Print the address instead of opening the browser.")
    private boolean noBrowser;

    WebCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Path> recordings =
                places.stream().filter(WebCommand::isFile).map(Path::of).toList();
        List<String> addresses = places.stream().filter(place -> !isFile(place)).toList();
        connection().connectTo(addresses);
        String lacking = watch().tooLittleHeap();
        if (!lacking.isEmpty()) {
            note(lacking);
        }
        Sources sources = new Sources(watch().budget(), System::currentTimeMillis);
        CountDownLatch ended = new CountDownLatch(1);
        try (Workspace workspace = new Workspace(BuiltVersion.TEXT, readOnly, sources, watch().decoding(), this::plan);
                WebServer server = start(workspace);
                ShutdownHook interruption = new ShutdownHook(() -> {
                    server.close();
                    workspace.close();
                    ended.countDown();
                })) {
            for (Path file : recordings) {
                sources.open(file, false, String.valueOf(file.getFileName()));
            }
            if (recordings.isEmpty() || !addresses.isEmpty()) {
                plans().forEach(sources::add);
            }
            String link = server.link();
            terminal().line(link + (Terminal.inIsTerminal() ? "   (Enter: another address; Ctrl-C ends)" : ""));
            if (!noBrowser) {
                openBrowser(link);
            }
            offerLinks(server);
            CompletableFuture<Void> failed = server.failed();
            failed.thenRun(ended::countDown);
            ended.await();
            if (failed.isDone()) {
                throw new IllegalStateException(
                        "the web server has ended: an error stopped its thread, as it may when the memory is exhausted");
            }
        } finally {
            transport().close();
        }
        return ExitCodes.OK;
    }

    private static boolean isFile(String place) {
        return !place.contains("://") && Files.isRegularFile(Path.of(place));
    }

    private WebServer start(Workspace workspace) {
        WebSettings settings = listen.settings();
        try {
            return WebServer.start(settings, workspace);
        } catch (IllegalStateException taken) {
            if (listen.isGiven()) {
                throw taken;
            }
            return WebServer.start(settings.withPort(0), workspace); // the usual port is taken
        }
    }

    /** Another one-time address for each line that is typed. */
    private void offerLinks(WebServer server) {
        if (!Terminal.inIsTerminal()) {
            return;
        }
        Thread reader = new Thread(
                () -> {
                    try {
                        for (int c = System.in.read(); c >= 0; c = System.in.read()) {
                            if (c == '\n') {
                                terminal().line(server.link());
                            }
                        }
                    } catch (IOException e) {
                        note("cannot read from the terminal: " + e.getMessage());
                    }
                },
                "godwit-web-links");
        reader.setDaemon(true);
        reader.start();
    }

    private void openBrowser(String address) {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        List<String> command = system.contains("mac")
                ? List.of("open", address)
                : system.contains("win")
                        ? List.of("rundll32", "url.dll,FileProtocolHandler", address)
                        : List.of("xdg-open", address);
        try {
            new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            note("cannot open a browser here: open the address above");
        }
    }
}
