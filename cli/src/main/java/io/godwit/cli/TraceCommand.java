package io.godwit.cli;

import io.godwit.cli.options.CountOption;
import io.godwit.cli.options.JsonOption;
import io.godwit.cli.options.QosOption;
import io.godwit.cli.options.TimeoutOption;
import io.godwit.cli.options.TopicOption;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Terminal;
import io.godwit.cli.packets.HexText;
import io.godwit.cli.packets.PacketDecoder;
import io.godwit.cli.packets.PacketPrinter;
import io.godwit.cli.packets.PacketTap;
import io.godwit.cli.packets.SeenPacket;
import io.godwit.cli.packets.TapTransport;
import io.godwit.cli.packets.TracingProxy;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.PacketType;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows packets: those that pass between any client and a broker, its own as a subscriber, or those in a hex dump. */
@Command(
        name = "trace",
        sortOptions = false,
        customSynopsis = {
            "godwit trace [OPTIONS] --listen [ADDRESS:]PORT [BROKER]",
            "godwit trace [OPTIONS] -t FILTER [BROKER]",
            "godwit trace [OPTIONS] --decode [FILE]"
        },
        description = "Show MQTT packets in words, with their time and their bytes; passwords are masked.",
        exitCodeList = {
            "8:the broker rejected a subscription",
            "27:timed out",
            "141:standard output was closed by its reader"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit trace --listen 1884 test.example:1883       let any client connect to port 1884 here",
            "  godwit trace --listen 1884 mqtts://test.example    in the clear here, TLS from there on",
            "  godwit trace -t 'home/#' -h test.example           subscribe, and see the packets of that",
            "  echo 30 05 00 01 61 68 69 | godwit trace --decode"
        })
final class TraceCommand extends ClientCommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "BROKER|FILE",
            description = "The broker, as -h; or the file with hex, - for standard input.")
    private @Nullable String what;

    @Option(
            names = "--listen",
            paramLabel = "[ADDRESS:]PORT",
            description = "Be a proxy: listen here for clients, and pass all on to the broker. [127.0.0.1]")
    private @Nullable String listen;

    @Mixin
    private TopicOption topic = new TopicOption("Be a subscriber of this topic filter; may be repeated.");

    @Option(names = "--decode", description = "Decode hex: plain, or a dump of xxd or hexdump -C.")
    private boolean decode;

    @Mixin
    private QosOption qos = new QosOption("With -t: the highest QoS to receive with. [0]");

    @Mixin
    private CountOption count = new CountOption("With -t: end after N messages.");

    @Mixin
    private TimeoutOption timeout = new TimeoutOption("End after this time, exit code 27.");

    @Option(
            names = "--hex",
            paramLabel = "LINES",
            description = "Lines of sixteen bytes to show of each packet; 0: none. [16]")
    private int hexLines = 16;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            split = ",",
            description = "Only packets of these types, such as PUBLISH,PUBACK.")
    private List<PacketType> types = new ArrayList<>();

    @Mixin
    private JsonOption json = new JsonOption("A line of JSON for each packet.");

    private final CompletableFuture<Integer> end = new CompletableFuture<>();
    private final AtomicLong packets = new AtomicLong();

    TraceCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws Exception {
        int modes = (listen != null ? 1 : 0) + (topic.all().isEmpty() ? 0 : 1) + (decode ? 1 : 0);
        if (modes != 1) {
            throw new IllegalArgumentException("use exactly one of --listen PORT, -t FILTER and --decode");
        }
        if (decode) {
            return decode(what == null ? "-" : what);
        }
        connection().connectTo(what == null ? List.of() : List.of(what));
        return listen != null ? proxy(address(listen)) : subscribe();
    }

    private Consumer<SeenPacket> printer(boolean named) {
        PacketPrinter printer = new PacketPrinter(this::line, json.isOn() ? 0 : hexLines, json.isOn(), named);
        return chosen(decode ? printer.withoutTime() : printer);
    }

    private Consumer<SeenPacket> chosen(Consumer<SeenPacket> printer) {
        Set<PacketType> wanted = types.isEmpty() ? EnumSet.allOf(PacketType.class) : EnumSet.copyOf(types);
        return packet -> {
            if (packet.type() == null || wanted.contains(packet.type())) {
                packets.incrementAndGet();
                printer.accept(packet);
            }
        };
    }

    private void line(String text) {
        if (!terminal().line(text)) {
            end.complete(ExitCodes.OUTPUT_CLOSED);
        }
    }

    // ---- between others ----

    private int proxy(InetSocketAddress address) throws Exception {
        Consumer<SeenPacket> printer = printer(true);
        try (TracingProxy proxy = new TracingProxy(
                        transport(),
                        connection().transportOptions(),
                        address,
                        name -> new PacketTap(name, connection().version(), Clock.systemUTC(), printer),
                        this::note);
                ShutdownHook interruption = new ShutdownHook(() -> note(summary(proxy)))) {
            InetSocketAddress at = proxy.address();
            note("listening on " + at.getAddress().getHostAddress() + ":" + at.getPort() + ", passing on to "
                    + connection().servers().get(0).withoutCredentials());
            return waitFor(end, deadline(timeout.get()));
        } catch (TimeoutException e) {
            hurry();
            return ExitCodes.TIMEOUT;
        }
    }

    private String summary(TracingProxy proxy) {
        return proxy.connections()
                + (proxy.connections() == 1 ? " connection, " : " connections, ")
                + packets
                + (packets.get() == 1 ? " packet" : " packets");
    }

    private static InetSocketAddress address(String text) throws IOException {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "127.0.0.1" : text.substring(0, colon).replaceAll("^\\[|]$", "");
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port >= 0 && port <= 65_535) {
                return new InetSocketAddress(InetAddress.getByName(host), port);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("--listen " + text + ": must be PORT or ADDRESS:PORT");
    }

    // ---- its own ----

    private int subscribe() throws Exception {
        List<TopicSubscription> subscriptions = topic.all().stream()
                .map(filter -> TopicSubscription.of(filter, qos.or(Qos.AT_MOST_ONCE)))
                .toList();
        Consumer<SeenPacket> printer = printer(false);
        MqttClient client = builder(new TapTransport(
                        transport(),
                        made -> new PacketTap(made.describe(), connection().version(), Clock.systemUTC(), printer),
                        this::note))
                .build();
        AtomicLong messages = new AtomicLong();
        long wanted = count.or(0);
        long deadline = deadline(timeout.get());
        try (ShutdownHook interruption = new ShutdownHook(() -> disconnectQuickly(client))) {
            connectWithin(client, deadline);
            waitFor(
                    client.subscribeAsync(
                            subscriptions, connection().properties(Property.Location.SUBSCRIBE), message -> {
                                if (messages.incrementAndGet() == wanted) {
                                    end.complete(ExitCodes.OK);
                                }
                            }),
                    deadline);
            return waitFor(end, deadline);
        } catch (TimeoutException e) {
            hurry();
            return ExitCodes.TIMEOUT;
        } finally {
            disconnect(client);
        }
    }

    // ---- what was written down ----

    private int decode(String file) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String name = file.equals("-") ? "standard input" : file;
        int number = 0;
        try (BufferedReader lines = file.equals("-")
                ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                : Files.newBufferedReader(Path.of(file), StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                HexText.append(bytes, line);
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + ", line " + number + ": " + e.getMessage(), e);
        }
        String fault = PacketDecoder.decode(bytes.toByteArray(), connection().version(), printer(false));
        if (fault != null) {
            note("godwit trace: " + fault);
            return ExitCodes.FAILED;
        }
        return ExitCodes.OK;
    }
}
