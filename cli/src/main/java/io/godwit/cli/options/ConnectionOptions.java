package io.godwit.cli.options;

import io.godwit.mqtt.client.Credentials;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.engine.TransportAccess;
import io.godwit.mqtt.client.net.ProxyServer;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.ServerAddress.Scheme;
import io.godwit.mqtt.client.net.TransportOptions;
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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Where to connect, as whom and how: the options that all commands share which speak to a broker, with mosquitto's names and
 * letters. Makes the library's builder from them; what does not fit together is an {@link IllegalArgumentException} that says
 * what would be right.
 */
public final class ConnectionOptions {
    /** A session that never ends, as MQTT 5 writes it. */
    private static final long FOR_EVER = 0xFFFF_FFFFL;

    // ---- the broker ----

    @Option(
            names = {"-h", "--host"},
            paramLabel = "HOST",
            description = {
                "The broker: a name, or an address such as mqtts://host:8883,",
                "ws://host/mqtt, mqtt+unix:///path. Repeated: tried in order. [localhost]"
            })
    private List<String> hosts = new ArrayList<>();

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            description = "The port. [1883, with TLS 8883; 8883 alone means TLS]")
    private @Nullable Integer port;

    @Option(names = "--unix", paramLabel = "PATH", description = "Connect through this unix domain socket.")
    private @Nullable Path unix;

    @Option(
            names = {"-L", "--url"},
            paramLabel = "URL",
            description = "Broker, user and topic in one: mqtt(s)://[user[:password]@]host[:port]/topic")
    private @Nullable String url;

    @Option(
            names = {"-A", "--bind"},
            paramLabel = "ADDRESS",
            description = "Connect from this address of this machine.")
    private @Nullable String localAddress;

    @Option(
            names = "--proxy",
            paramLabel = "URL",
            description = "Go through a proxy: socks5h://[user[:password]@]host[:port], socks4://, http://")
    private @Nullable String proxy;

    @Option(names = "--header", paramLabel = "NAME:VALUE", description = "A header of the WebSocket upgrade.")
    private List<String> headers = new ArrayList<>();

    @Option(
            names = {"-S", "--srv"},
            description = "Look for the broker's SRV records first.")
    private boolean serviceRecords;

    @Option(
            names = "--connect-timeout",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "How long reaching the broker may take. [10s]")
    private Duration connectTimeout = Duration.ofSeconds(10);

    @Option(names = "--retry", description = "Try again when the first connection fails, not only a lost one.")
    private boolean retry;

    @Option(names = "--nodelay", description = "Accepted for mosquitto's sake: packets are never held back.")
    void noDelay(boolean accepted) {}

    // ---- who ----

    @Mixin
    private LoginOptions login = new LoginOptions();

    @Option(
            names = {"-i", "--id"},
            paramLabel = "ID",
            description = "The client identifier. [made up]")
    private @Nullable String clientId;

    @Option(
            names = {"-I", "--id-prefix"},
            paramLabel = "PREFIX",
            description = "The client identifier is this and the process id.")
    private @Nullable String clientIdPrefix;

    // ---- how ----

    @Option(
            names = {"-V", "--protocol-version"},
            paramLabel = "VERSION",
            converter = VersionConverter.class,
            description = "MQTT 31, 311 or 5; also mqttv31, mqttv311, mqttv5. [311; request, reply: 5]")
    private @Nullable ProtocolVersion version;

    @Option(
            names = {"-k", "--keepalive"},
            paramLabel = "SECONDS",
            description = "Keep alive; 0 switches it off. [60]")
    private int keepAlive = 60;

    @Option(
            names = {"-c", "--disable-clean-session"},
            description = "The broker keeps the session of this client; needs -i.")
    private boolean keepSession;

    @Option(
            names = {"-x", "--session-expiry-interval"},
            paramLabel = "SECONDS",
            description = "How long the broker keeps the session, MQTT 5; -1 for ever.")
    private @Nullable String sessionExpiry;

    @Option(
            names = {"-d", "--debug"},
            description = "Show each packet, and what the library does, on standard error.")
    private boolean debug;

    @Option(names = "--quiet", description = "No complaints on standard error; the exit code says it.")
    private boolean quiet;

    @Mixin
    private TlsOptions tls = new TlsOptions();

    @Mixin
    private WillOptions will = new WillOptions();

    @Mixin
    private PropertyArguments properties = new PropertyArguments();

    /** What is spoken when no option says it. */
    private ProtocolVersion usualVersion = ProtocolVersion.V3_1_1;

    /** Before the options are looked at: what is spoken when none says it. */
    public void usualVersion(ProtocolVersion usual) {
        usualVersion = usual;
    }

    /** What is spoken; properties want MQTT 5, when no option names another. */
    public ProtocolVersion version() {
        return version != null ? version : properties.isEmpty() ? usualVersion : ProtocolVersion.V5;
    }

    public boolean isDebug() {
        return debug;
    }

    public boolean isQuiet() {
        return quiet;
    }

    /** Whether the broker shall keep the session when the client has gone. */
    public boolean keepsSession() {
        return keepSession;
    }

    /** The client identifier that was asked for, or null. */
    public @Nullable String clientId() {
        return clientId != null
                ? clientId
                : clientIdPrefix != null
                        ? clientIdPrefix + ProcessHandle.current().pid()
                        : null;
    }

    /** The user name that was asked for, or null. */
    public @Nullable String userName() {
        return login.user();
    }

    /** Properties that {@code -D} gave for packets of this kind. */
    public MqttProperties properties(Property.Carrier carrier) {
        return properties.of(carrier);
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

    /** Names the brokers in place of those that options name; none leaves it at that. */
    public void connectTo(List<String> addresses) {
        if (!addresses.isEmpty()) {
            hosts = List.copyOf(addresses);
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
        for (String host : hosts) {
            servers.add(server(host));
        }
        if (servers.isEmpty()) {
            servers.add(server("localhost"));
        }
        return servers;
    }

    private ServerAddress serverOfUrl(String text) {
        int start = text.indexOf("://");
        if (start < 0) {
            throw new IllegalArgumentException("-L: write mqtt://host/topic or mqtts://host/topic");
        }
        int slash = text.indexOf('/', start + 3);
        return ServerAddress.parse(slash < 0 ? text : text.substring(0, slash));
    }

    private ServerAddress server(String host) {
        if (host.contains("://")) {
            return ServerAddress.parse(host);
        }
        boolean secure = tls.isAsked() || port != null && port == 8883;
        Scheme scheme = secure ? Scheme.MQTTS : Scheme.MQTT;
        if (host.indexOf(':') >= 0 && host.indexOf(':') == host.lastIndexOf(':') || host.startsWith("[")) {
            return ServerAddress.parse(scheme.text() + "://" + host);
        }
        return ServerAddress.of(scheme, host, port == null ? scheme.defaultPort() : port);
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

    /** The way to the broker. */
    public TransportOptions road() {
        TransportOptions.Builder road = TransportOptions.builder()
                .servers(servers().stream()
                        .map(ServerAddress::withoutCredentials)
                        .toList())
                .serviceRecords(serviceRecords)
                .connectTimeout(connectTimeout)
                .handshakeTimeout(connectTimeout)
                .tls(tls.tls());
        if (proxy != null) {
            road.proxy(ProxyServer.parse(proxy));
        }
        if (localAddress != null) {
            try {
                road.localAddress(InetAddress.getByName(localAddress));
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException("-A: '" + localAddress + "' is no address of this machine", e);
            }
        }
        for (String header : headers) {
            int colon = header.indexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("--header: write NAME:VALUE");
            }
            road.webSocketHeader(
                    header.substring(0, colon).strip(),
                    header.substring(colon + 1).strip());
        }
        return road.build();
    }

    /** User and password, or null; those of an address count when no option names others. */
    public @Nullable Credentials credentials() {
        for (ServerAddress server : servers()) {
            if (server.user() != null) {
                return login.credentials(server.user(), server.password());
            }
        }
        return login.credentials(null, null);
    }

    /** The library's builder with all that these options say. */
    public MqttClientBuilder builder() {
        if (keepSession && clientId() == null) {
            throw new IllegalArgumentException("-c keeps a session under the client identifier: name one with -i");
        }
        if (version() != ProtocolVersion.V5 && (sessionExpiry != null || !properties.isEmpty())) {
            throw new IllegalArgumentException((sessionExpiry != null ? "-x" : "-D") + " is for MQTT 5 only: add -V 5");
        }
        return builder(version());
    }

    /** The same for another version than {@code -V} names; what only MQTT 5 knows is left out of the others. */
    public MqttClientBuilder builder(ProtocolVersion spoken) {
        boolean five = spoken == ProtocolVersion.V5;
        Credentials credentials = credentials();
        MqttClientBuilder builder = MqttClient.builder()
                .road(road())
                .protocol(spoken)
                .cleanSession(!keepSession)
                .keepAlive(Duration.ofSeconds(keepAlive))
                .retryFirst(retry)
                .connackTimeout(connectTimeout)
                .will(will.will(five ? properties.of(Property.Carrier.WILL) : MqttProperties.NONE));
        if (credentials != null) {
            builder.credentials(() -> credentials);
        }
        String id = clientId();
        if (id != null) {
            builder.clientId(id);
        }
        if (five) {
            connectProperties(builder);
        }
        return builder;
    }

    /** The same, with the connections watched by {@code transport}. */
    public MqttClientBuilder builder(@Nullable Transport transport) {
        MqttClientBuilder builder = builder();
        return transport == null ? builder : TransportAccess.use(builder, transport);
    }

    private void connectProperties(MqttClientBuilder builder) {
        MqttProperties given = properties.of(Property.Carrier.CONNECT);
        for (int i = 0; i < given.size(); i++) {
            set(builder, given.property(i), given.value(i));
        }
        Long expiry = sessionExpiry == null ? keepSession ? (Long) FOR_EVER : null : (Long) seconds(sessionExpiry);
        if (expiry != null) {
            builder.property(Property.SESSION_EXPIRY_INTERVAL, expiry);
        }
    }

    /** The builder has its own way for what it must know itself. */
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
        throw new IllegalArgumentException("-x " + text + ": seconds from 0 to 4294967294, or -1 for ever");
    }
}
