package io.godwit.cli;

import io.godwit.cli.options.Durations;
import io.godwit.cli.options.QosConverter;
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
import io.godwit.mqtt.client.transport.netty.NettyTransport;
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
import java.time.Duration;
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
            "8:the broker refused a subscription",
            "27:time ran out",
            "141:the reader of standard output has gone"
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
            order = -30,
            description = "Be a proxy: listen here for clients, and pass all on to the broker. [127.0.0.1]")
    private @Nullable String listen;

    @Option(
            names = {"-t", "--topic"},
            paramLabel = "FILTER",
            order = -29,
            description = "Be a subscriber of this topic filter; may be repeated.")
    private List<String> filters = new ArrayList<>();

    @Option(names = "--decode", order = -28, description = "Decode hex: plain, or a dump of xxd or hexdump -C.")
    private boolean decode;

    @Option(
            names = {"-q", "--qos"},
            paramLabel = "QOS",
            converter = QosConverter.class,
            order = -27,
            description = "With -t: the highest QoS to receive with. [0]")
    private Qos qos = Qos.AT_MOST_ONCE;

    @Option(
            names = {"-C", "--count"},
            paramLabel = "N",
            order = -26,
            description = "With -t: end after so many messages.")
    private long count;

    @Option(
            names = {"-W", "--timeout"},
            paramLabel = "TIME",
            converter = Durations.class,
            order = -25,
            description = "End after this time, exit code 27.")
    private @Nullable Duration timeout;

    @Option(
            names = "--hex",
            paramLabel = "LINES",
            order = -24,
            description = "Lines of sixteen bytes to show of each packet; 0: none. [16]")
    private int hexLines = 16;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            split = ",",
            order = -23,
            description = "Only packets of these types, such as PUBLISH,PUBACK.")
    private List<PacketType> types = new ArrayList<>();

    @Option(names = "--json", order = -22, description = "A line of JSON for each packet.")
    private boolean json;

    private final CompletableFuture<Integer> end = new CompletableFuture<>();
    private final AtomicLong packets = new AtomicLong();

    TraceCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() throws Exception {
        int modes = (listen != null ? 1 : 0) + (filters.isEmpty() ? 0 : 1) + (decode ? 1 : 0);
        if (modes != 1) {
            throw new IllegalArgumentException("say what to trace: --listen PORT, -t FILTER or --decode, one of them");
        }
        if (decode) {
            return decode(what == null ? "-" : what);
        }
        connection().connectTo(what == null ? List.of() : List.of(what));
        return listen != null ? proxy(address(listen)) : subscribe();
    }

    private Consumer<SeenPacket> printer(boolean named) {
        PacketPrinter printer = new PacketPrinter(this::line, json ? 0 : hexLines, json, named);
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
                        NettyTransport.shared(),
                        connection().road(),
                        address,
                        name -> new PacketTap(name, connection().version(), Clock.systemUTC(), printer),
                        this::remark);
                ShutdownHook interruption = new ShutdownHook(() -> remark(summary(proxy)))) {
            InetSocketAddress at = proxy.address();
            remark("listening on " + at.getAddress().getHostAddress() + ":" + at.getPort() + ", passing on to "
                    + connection().servers().get(0).withoutCredentials());
            return waitFor(end, deadline(timeout));
        } catch (TimeoutException e) {
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
        throw new IllegalArgumentException("--listen " + text + ": write PORT or ADDRESS:PORT");
    }

    // ---- its own ----

    private int subscribe() throws Exception {
        List<TopicSubscription> subscriptions = filters.stream()
                .map(filter -> TopicSubscription.of(filter, qos))
                .toList();
        Consumer<SeenPacket> printer = printer(false);
        MqttClient client = builder(new TapTransport(
                        NettyTransport.shared(),
                        made -> new PacketTap(made.describe(), connection().version(), Clock.systemUTC(), printer),
                        this::remark))
                .build();
        AtomicLong messages = new AtomicLong();
        long deadline = deadline(timeout);
        try (ShutdownHook interruption = new ShutdownHook(() -> farewell(client))) {
            connectWithin(client, deadline);
            waitFor(
                    client.subscribeAsync(
                            subscriptions, connection().properties(Property.Carrier.SUBSCRIBE), message -> {
                                if (messages.incrementAndGet() == count) {
                                    end.complete(ExitCodes.OK);
                                }
                            }),
                    deadline);
            return waitFor(end, deadline);
        } catch (TimeoutException e) {
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
            remark("godwit trace: " + fault);
            return ExitCodes.FAILED;
        }
        return ExitCodes.OK;
    }
}
