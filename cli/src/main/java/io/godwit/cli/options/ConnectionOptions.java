package io.godwit.cli.options;

import io.godwit.mqtt.client.Credentials;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.engine.TransportAccess;
import io.godwit.mqtt.client.net.ProxyServer;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.ServerAddress.Scheme;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.net.WebSocketOptions;
import io.godwit.mqtt.client.transport.Transport;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Where to connect, as whom and how: the options of all commands that connect to a broker, with mosquitto's names and
 * letters. Makes the library's builder from them; contradictions are an {@link IllegalArgumentException} that says
 * what would be right.
 */
public final class ConnectionOptions {
    /** A session that never expires [MQTT 5, 3.1.2.11.2]. */
    private static final long FOR_EVER = 0xFFFF_FFFFL;

    // ---- the broker ----

    @Mixin
    private HostOption host = new HostOption("The broker: a name, or an address such as mqtts://host:8883, "
            + "ws://host/mqtt, mqtt+unix:///path. Repeated: tried in order. [localhost]");

    @Mixin
    private PortOption port = new PortOption("The port. [1883, with TLS 8883; 8883 alone means TLS]");

    @Option(order = 1, names = "--unix", paramLabel = "PATH", description = "Connect through this unix domain socket.")
    private @Nullable Path unix;

    @Option(
            order = 1,
            names = {"-L", "--url"},
            paramLabel = "URL",
            description = "Broker, user and topic in one: mqtt(s)://[user[:password]@]host[:port]/topic")
    private @Nullable String url;

    @Option(
            order = 1,
            names = {"-A", "--bind"},
            paramLabel = "ADDRESS",
            description = "Connect from this address of this machine.")
    private @Nullable String localAddress;

    @Option(order = 1, names = "--ws", description = "Use WebSocket; for a HOST without ws://.")
    private boolean webSocket;

    @Option(
            order = 1,
            names = "--proxy",
            paramLabel = "URL",
            description = "Use a proxy: socks5h://[user[:password]@]host[:port], socks4://, http://")
    private @Nullable String proxy;

    @Option(
            order = 1,
            names = "--header",
            paramLabel = "NAME:VALUE",
            description = "An HTTP header for the WebSocket handshake.")
    private List<String> headers = new ArrayList<>();

    @Option(
            order = 1,
            names = {"-S", "--srv"},
            description = "Look up the broker's SRV records first.")
    private boolean serviceRecords;

    @Option(
            order = 1,
            names = "--connect-timeout",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "Time limit for reaching the broker. [10s]")
    private Duration connectTimeout = Duration.ofSeconds(10);

    @Option(order = 1, names = "--retry", description = "Retry the first connection too, not only lost ones.")
    private boolean retry;

    @Option(
            order = 1,
            names = "--nodelay",
            description = "Accepted for compatibility with mosquitto: Nagle's algorithm is always off.")
    void noDelay(boolean accepted) {}

    // ---- who ----

    @Mixin
    private LoginOptions login = new LoginOptions();

    @Option(
            order = 1,
            names = {"-i", "--id"},
            paramLabel = "ID",
            description = "The client identifier. [generated]")
    private @Nullable String clientId;

    @Option(
            order = 1,
            names = {"-I", "--id-prefix"},
            paramLabel = "PREFIX",
            description = "Use this prefix and the process id as client identifier.")
    private @Nullable String clientIdPrefix;

    // ---- how ----

    @Mixin
    private VersionOption version =
            new VersionOption("MQTT 31, 311 or 5; also mqttv31, mqttv311, mqttv5. [311; request, reply: 5]");

    @Option(
            order = 1,
            names = {"-k", "--keepalive"},
            paramLabel = "SECONDS",
            description = "Keep alive; 0 switches it off. [60]")
    private int keepAlive = 60;

    @Option(
            order = 1,
            names = {"-c", "--disable-clean-session"},
            description = "The broker keeps the session of this client; needs -i.")
    private boolean keepSession;

    @Option(
            order = 1,
            names = {"-x", "--session-expiry-interval"},
            paramLabel = "SECONDS",
            description = "How long the broker keeps the session, MQTT 5; -1 for no expiry.")
    private @Nullable String sessionExpiry;

    @Option(
            order = 1,
            names = {"-o", "--options"},
            paramLabel = "FILE",
            description = "Read options from this file instead of the usual ones, an option on each line.")
    void optionsFile(Path readBefore) {}

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Mixin
    private TlsOptions tls = new TlsOptions();

    @Mixin
    private WillOptions will = new WillOptions();

    @Mixin
    private PropertyArguments properties = new PropertyArguments();

    /** The version unless an option names one. */
    private ProtocolVersion usualVersion = ProtocolVersion.V3_1_1;

    private boolean ownUsers;

    /** Brokers that a command names in place of the options; empty: the options count. */
    private List<String> replaced = List.of();

    /** Sets the default version; call before parsing. */
    public void usualVersion(ProtocolVersion usual) {
        usualVersion = usual;
    }

    /** The version of MQTT: the one of -V, else 5 if properties are given, else the default. */
    public ProtocolVersion version() {
        ProtocolVersion asked = version.get();
        return asked != null ? asked : properties.isEmpty() ? usualVersion : ProtocolVersion.V5;
    }

    /** The version that {@code -V} names, or null. */
    public @Nullable ProtocolVersion chosenVersion() {
        return version.get();
    }

    /** How much is written to standard error. */
    public OutputOptions output() {
        return output;
    }

    public boolean isDebug() {
        return output.isDebug();
    }

    public boolean isQuiet() {
        return output.isQuiet();
    }

    /** Whether the broker keeps the session after a disconnect. */
    public boolean keepsSession() {
        return keepSession;
    }

    /** The client identifier from the options, or null. */
    public @Nullable String clientId() {
        return clientId != null
                ? clientId
                : clientIdPrefix != null
                        ? clientIdPrefix + ProcessHandle.current().pid()
                        : null;
    }

    /** How {@code --ask-password} asks. */
    public void passwordPrompt(Supplier<String> prompt) {
        login.prompt(prompt);
    }

    /** The user name from the options, or null. */
    public @Nullable String userName() {
        return login.user();
    }

    /** Properties that {@code -D} gave for packets of this kind. */
    public MqttProperties properties(Property.Location location) {
        return properties.of(location);
    }

    /** The topic in {@code -L}, or null. */
    public @Nullable String topicOfUrl() {
        if (url == null) {
            return null;
        }
        int start = url.indexOf("://");
        int slash = url.indexOf('/', start < 0 ? 0 : start + 3);
        return slash < 0 || slash + 1 == url.length() ? null : url.substring(slash + 1);
    }

    /** Replaces the brokers of the options, unless the list is empty. */
    public void connectTo(List<String> addresses) {
        if (!addresses.isEmpty()) {
            replaced = List.copyOf(addresses);
            url = null;
            unix = null;
        }
    }

    /** The servers in the order in which they are tried. */
    public List<ServerAddress> servers() {
        List<ServerAddress> servers = new ArrayList<>();
        if (unix != null) {
            servers.add(ServerAddress.parse(
                    "mqtt+unix://" + escaped(unix.toAbsolutePath().toString())));
        }
        if (url != null) {
            servers.add(serverOfUrl(url));
        }
        for (String name : replaced.isEmpty() ? host.all() : replaced) {
            servers.add(server(name));
        }
        if (servers.isEmpty()) {
            servers.add(server("localhost"));
        }
        return servers;
    }

    private ServerAddress serverOfUrl(String text) {
        int start = text.indexOf("://");
        if (start < 0) {
            throw new IllegalArgumentException("-L: use mqtt://host/topic or mqtts://host/topic");
        }
        int slash = text.indexOf('/', start + 3);
        return ServerAddress.parse(slash < 0 ? text : text.substring(0, slash));
    }

    private ServerAddress server(String name) {
        Integer number = port.get();
        if (number != null && number == 0) {
            throw new IllegalArgumentException("--port 0: must be 1 to 65535");
        }
        if (name.contains("://")) {
            ServerAddress address = ServerAddress.parse(name);
            return number == null || hasPort(name) ? address : withPort(address, number);
        }
        boolean secure = tls.isAsked() || number != null && number == 8883 && !tls.isOff();
        Scheme scheme = webSocket ? secure ? Scheme.WSS : Scheme.WS : secure ? Scheme.MQTTS : Scheme.MQTT;
        if (name.indexOf(':') >= 0 && name.indexOf(':') == name.lastIndexOf(':') || name.startsWith("[")) {
            return ServerAddress.parse(scheme.text() + "://" + name);
        }
        return new ServerAddress(
                scheme,
                name,
                number == null ? scheme.defaultPort() : number,
                null,
                null,
                webSocket ? "/mqtt" : "",
                null);
    }

    /** Whether an address names its port: digits behind a colon at the end of its authority. */
    private static boolean hasPort(String address) {
        String authority = address.replaceFirst("^[^:]*://", "").replaceFirst("[/?#].*$", "");
        return authority.matches(".*:[0-9]+");
    }

    private static ServerAddress withPort(ServerAddress address, int port) {
        return address.scheme() == Scheme.UNIX
                ? address
                : new ServerAddress(
                        address.scheme(),
                        address.host(),
                        port,
                        address.user(),
                        address.password(),
                        address.path(),
                        null);
    }

    private static String escaped(String path) {
        StringBuilder text = new StringBuilder();
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean plain = c > ' ' && c < 0x7F && "%?#@".indexOf(c) < 0;
            text.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
        }
        return text.toString();
    }

    /** The transport's settings. */
    public TransportOptions transportOptions() {
        checkTls();
        TransportOptions.Builder options = TransportOptions.builder()
                .servers(servers().stream().map(this::identified).toList())
                .serviceRecords(serviceRecords)
                .connectTimeout(connectTimeout)
                .handshakeTimeout(connectTimeout)
                .tls(tls.tls());
        if (proxy != null) {
            options.proxy(ProxyServer.parse(proxy));
        }
        if (localAddress != null) {
            try {
                options.localAddress(InetAddress.getByName(localAddress));
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException("-A: '" + localAddress + "' is not an address of this machine", e);
            }
        }
        WebSocketOptions.Builder webSocket = WebSocketOptions.builder();
        for (String header : headers) {
            int colon = header.indexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("--header: use NAME:VALUE");
            }
            webSocket.header(
                    header.substring(0, colon).strip(),
                    header.substring(colon + 1).strip());
        }
        if (!headers.isEmpty()) {
            options.webSocket(webSocket.build());
        }
        return options.build();
    }

    /** An option of TLS for a connection without it would be ignored, and what it should protect would be sent in the clear. */
    private void checkTls() {
        for (ServerAddress server : servers()) {
            if (tls.isAsked() && !server.scheme().isTls()) {
                String secure = server.scheme() == Scheme.WS ? "wss" : "mqtts";
                throw new IllegalArgumentException("TLS options such as --cafile do not apply to "
                        + server.withoutCredentials() + ": use " + secure + "://, or omit them");
            }
            if (tls.isOff() && server.scheme().isTls()) {
                throw new IllegalArgumentException("--no-tls contradicts " + server.withoutCredentials());
            }
            if (webSocket && !server.scheme().isWebSocket()) {
                throw new IllegalArgumentException("--ws contradicts " + server.withoutCredentials());
            }
        }
    }

    /** Each client gets a user of its own: those in the addresses don't count. */
    public void ownUsers() {
        ownUsers = true;
    }

    /** An address with the user and password that are for this server only; those of the options take precedence. */
    public ServerAddress identified(ServerAddress server) {
        return ownUsers || login.isGiven() ? server.withoutCredentials() : server;
    }

    /** As whom a server is told that the client connects, or null. */
    public @Nullable String userFor(ServerAddress server) {
        return login.user() != null ? login.user() : server.user();
    }

    /** User and password of the options, for all servers; null: there are none. */
    private @Nullable Credentials credentials() {
        if (!login.isGiven()) {
            return null;
        }
        List<ServerAddress> servers = servers();
        if (login.user() == null && servers.size() > 1) {
            throw new IllegalArgumentException(
                    "a password for several brokers needs a user name: add -u NAME, or put both into each address");
        }
        return login.credentials(servers.get(0).user());
    }

    /** The library's builder with these options applied. */
    public MqttClientBuilder builder() {
        if (clientId != null && clientIdPrefix != null) {
            throw new IllegalArgumentException("-i and -I exclude each other");
        }
        if (keepAlive < 0 || keepAlive > 65_535) {
            throw new IllegalArgumentException("--keepalive " + keepAlive + ": must be 0 to 65535");
        }
        if (keepSession && clientId() == null) {
            throw new IllegalArgumentException("-c keeps a session under a client identifier: add -i ID");
        }
        if (version() != ProtocolVersion.V5 && (sessionExpiry != null || !properties.isEmpty())) {
            throw new IllegalArgumentException((sessionExpiry != null ? "-x" : "-D") + " needs MQTT 5: add -V 5");
        }
        return builder(version());
    }

    /** The same for a given version; MQTT 5 settings are left out for the others. */
    public MqttClientBuilder builder(ProtocolVersion spoken) {
        boolean five = spoken == ProtocolVersion.V5;
        Credentials credentials = credentials();
        MqttClientBuilder builder = MqttClient.builder()
                .transport(transportOptions())
                .protocol(spoken)
                .cleanSession(!keepSession)
                .keepAlive(Duration.ofSeconds(keepAlive))
                .retryFirst(retry)
                .connackTimeout(connectTimeout)
                .will(will.will(five ? properties.of(Property.Location.WILL) : MqttProperties.NONE));
        if (credentials != null) {
            builder.credentials(() -> credentials);
        }
        String id = clientId();
        builder.clientId(id != null ? id : generatedId());
        if (five) {
            connectProperties(builder);
        }
        return builder;
    }

    /** Unique but no secret: the SecureRandom of a UUID would take longer to start than the connection. */
    private static String generatedId() {
        long seed = System.nanoTime()
                ^ Long.rotateLeft(System.currentTimeMillis(), 24)
                ^ Long.rotateLeft(ProcessHandle.current().pid(), 48);
        return "godwit-"
                + Long.toHexString(new SplittableRandom(seed).nextLong() | Long.MIN_VALUE)
                        .substring(0, 13);
    }

    /** The same, with the connections watched by {@code transport}. */
    public MqttClientBuilder builder(@Nullable Transport transport) {
        MqttClientBuilder builder = builder();
        return transport == null ? builder : TransportAccess.use(builder, transport);
    }

    private void connectProperties(MqttClientBuilder builder) {
        MqttProperties given = properties.of(Property.Location.CONNECT);
        for (int i = 0; i < given.size(); i++) {
            set(builder, given.property(i), given.value(i));
        }
        Long expiry = sessionExpiry == null ? keepSession ? (Long) FOR_EVER : null : (Long) seconds(sessionExpiry);
        if (expiry != null) {
            builder.property(Property.SESSION_EXPIRY_INTERVAL, expiry);
        }
    }

    /** The builder has its own setters for what the client itself must know. */
    @SuppressWarnings("unchecked")
    private static void set(MqttClientBuilder builder, Property<?> property, Object value) {
        if (property == Property.USER_PROPERTY) {
            var user = (io.godwit.mqtt.protocol.UserProperty) value;
            builder.userProperty(user.name(), user.value());
        } else if (property == Property.RECEIVE_MAXIMUM) {
            builder.receiveMaximum((Integer) value);
        } else if (property == Property.TOPIC_ALIAS_MAXIMUM) {
            builder.topicAliasMaximum((Integer) value);
        } else if (property == Property.MAXIMUM_PACKET_SIZE) {
            builder.maximumPacketSize((int) Math.min((Long) value, 268_435_460L));
        } else {
            builder.property((Property<Object>) property, value);
        }
    }

    private static long seconds(String text) {
        if (text.equals("-1") || text.equals("∞")) {
            return FOR_EVER;
        }
        try {
            long seconds = Long.parseLong(text);
            if (seconds >= 0 && seconds <= FOR_EVER) {
                return seconds;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("-x " + text + ": must be 0 to 4294967294 seconds, or -1 for no expiry");
    }
}
