package io.godwit.kafka.connect;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.Tls;
import io.godwit.mqtt.client.net.WebSocketOptions;
import io.godwit.mqtt.protocol.ProtocolVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;

/** The settings of the connection to the MQTT broker, which both connectors have. */
final class ConnectionConfig {
    static final String SERVERS = "mqtt.server.uri";
    static final String VERSION = "mqtt.protocol.version";
    static final String CLIENT_ID = "mqtt.client.id";
    static final String USERNAME = "mqtt.username";
    static final String PASSWORD = "mqtt.password";
    static final String KEEP_ALIVE = "mqtt.keepalive.interval.seconds";
    static final String CONNECT_TIMEOUT = "mqtt.connect.timeout.seconds";
    static final String RECONNECT_MAXIMUM = "mqtt.reconnect.backoff.max.ms";
    static final String PROXY = "mqtt.proxy";
    static final String WEBSOCKET_HEADERS = "mqtt.websocket.headers";
    static final String CHECK = "mqtt.connection.check";
    static final String CA = "mqtt.ssl.ca";
    static final String CERTIFICATE = "mqtt.ssl.certificate";
    static final String KEY = "mqtt.ssl.key";
    static final String KEY_PASSWORD = "mqtt.ssl.key.password";
    static final String TRUST_STORE = "mqtt.ssl.trust.store.path";
    static final String TRUST_STORE_PASSWORD = "mqtt.ssl.trust.store.password";
    static final String KEY_STORE = "mqtt.ssl.key.store.path";
    static final String KEY_STORE_PASSWORD = "mqtt.ssl.key.store.password";
    static final String VERIFY_HOST_NAME = "mqtt.ssl.verify.hostname";

    private static final String GROUP = "Connection";
    private static final String TLS = "TLS";
    private static final int FIRST_RECONNECT_MILLIS = 500;

    private ConnectionConfig() {}

    static void define(ConfigDef def) {
        Settings to = new Settings(def, GROUP);
        to.add(SERVERS, Type.LIST, ConfigDef.NO_DEFAULT_VALUE, Validators.servers(), Importance.HIGH, """
                Addresses of the MQTT broker, separated by commas and tried in order: mqtt://host:1883, mqtts://host:8883,\
                 ws://host/mqtt or wss://host/mqtt. Without user and password.""");
        to.add(USERNAME, Type.STRING, "", null, Importance.HIGH, "The user name for the broker; empty: none.");
        to.add(PASSWORD, Type.PASSWORD, "", null, Importance.HIGH, "The password for the broker.");
        to.add(CLIENT_ID, Type.STRING, "", null, Importance.MEDIUM, """
                What the client identifiers begin with; '-' and the number of the task follow. Empty: the name of the connector.\
                 A change leaves the old sessions with their messages behind.""");
        to.add(VERSION, Type.STRING, "5", Validators.oneOf("5", "3.1.1"), Importance.MEDIUM, """
                The MQTT version. 3.1.1 has no properties, no session expiry, no Receive Maximum, and does not say whether\
                 shared subscriptions are available.""");
        to.add(KEEP_ALIVE, Type.INT, 60, ConfigDef.Range.between(0, 65_535), Importance.LOW, """
                The keep alive in seconds; a dead connection is noticed within 1.5 times that. 0: off.""");
        to.add(CONNECT_TIMEOUT, Type.INT, 10, ConfigDef.Range.between(1, 3600), Importance.LOW, """
                How many seconds reaching one address and waiting for CONNACK may take, each.""");
        to.add(RECONNECT_MAXIMUM, Type.INT, 10_000, ConfigDef.Range.between(100, 3_600_000), Importance.LOW, """
                The longest time in milliseconds between two attempts to reconnect; it grows from 500 ms, with jitter.""");
        to.add(PROXY, Type.PASSWORD, "", Validators.proxyOrEmpty(), Importance.LOW, """
                The proxy to connect through: http://user:password@host:3128 or socks5://host:1080. Empty: none.""");
        to.add(WEBSOCKET_HEADERS, Type.PASSWORD, "", Validators.headers(), Importance.LOW, """
                Headers of the WebSocket upgrade, one 'Name: value' a line, for ws:// and wss://.""");
        to.add(CHECK, Type.BOOLEAN, true, null, Importance.LOW, """
                Whether a configuration is only valid if the connector can connect to the broker with it.""");
        Settings tls = new Settings(def, TLS);
        tls.add(CA, Type.STRING, "", null, Importance.MEDIUM, """
                The certificate authorities to trust: the path of a PEM file on each worker, or PEM text. Empty: those of\
                 the trust store, or the system's.""");
        tls.add(
                CERTIFICATE,
                Type.STRING,
                "",
                null,
                Importance.MEDIUM,
                "The client's certificate: a PEM file, or PEM text.");
        tls.add(KEY, Type.PASSWORD, "", null, Importance.MEDIUM, "The client's private key: a PEM file, or PEM text.");
        tls.add(KEY_PASSWORD, Type.PASSWORD, "", null, Importance.LOW, "The password of the private key.");
        tls.add(TRUST_STORE, Type.STRING, "", null, Importance.MEDIUM, """
                The certificate authorities to trust: a PKCS#12 or JKS file on each worker.""");
        tls.add(TRUST_STORE_PASSWORD, Type.PASSWORD, "", null, Importance.MEDIUM, "The password of the trust store.");
        tls.add(KEY_STORE, Type.STRING, "", null, Importance.MEDIUM, """
                The client's certificate and key: a PKCS#12 or JKS file on each worker.""");
        tls.add(KEY_STORE_PASSWORD, Type.PASSWORD, "", null, Importance.MEDIUM, """
                The password of the key store and of the key in it.""");
        tls.add(VERIFY_HOST_NAME, Type.BOOLEAN, true, null, Importance.LOW, """
                Whether the broker's certificate must name its host.""");
    }

    /** Adds the settings of one group in their order. */
    static final class Settings {
        private final ConfigDef def;
        private final String group;
        private int order;

        Settings(ConfigDef def, String group) {
            this.def = def;
            this.group = group;
        }

        void add(
                String name,
                Type type,
                Object fallback,
                ConfigDef.@org.jspecify.annotations.Nullable Validator validator,
                Importance importance,
                String documentation) {
            def.define(name, type, fallback, validator, importance, documentation, group, ++order, Width.MEDIUM, name);
        }
    }

    /** The client identifier of a task. */
    static String clientId(AbstractConfig config, String connector, int task) {
        return clientIdBase(config, connector) + "-" + task;
    }

    static String clientIdBase(AbstractConfig config, String connector) {
        String base = config.getString(CLIENT_ID);
        return base.isEmpty() ? connector : base;
    }

    static ProtocolVersion version(AbstractConfig config) {
        return config.getString(VERSION).equals("5") ? ProtocolVersion.V5 : ProtocolVersion.V3_1_1;
    }

    /**
     * A builder with these settings.
     *
     * @throws IllegalArgumentException if they contradict each other; the message says how to fix them
     */
    static MqttClientBuilder builder(AbstractConfig config, String clientId) {
        Duration timeout = Duration.ofSeconds(config.getInt(CONNECT_TIMEOUT));
        MqttClientBuilder builder = MqttClient.builder()
                .protocol(version(config))
                .clientId(clientId)
                .keepAlive(Duration.ofSeconds(config.getInt(KEEP_ALIVE)))
                .connectTimeout(timeout)
                .connackTimeout(timeout)
                .daemon(true);
        config.getList(SERVERS).forEach(builder::server);
        if (!config.getString(USERNAME).isEmpty()) {
            String password = secret(config, PASSWORD);
            builder.credentials(config.getString(USERNAME), password.isEmpty() ? null : password);
        }
        if (!secret(config, PROXY).isEmpty()) {
            builder.proxy(secret(config, PROXY));
        }
        String headers = secret(config, WEBSOCKET_HEADERS);
        if (!headers.isBlank()) {
            WebSocketOptions.Builder webSocket = WebSocketOptions.builder();
            headers.lines().filter(line -> !line.isBlank()).forEach(line -> {
                int colon = line.indexOf(':');
                webSocket.header(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            });
            builder.webSocket(webSocket.build());
        }
        Tls tls = tls(config);
        if (tls.isConfigured()) {
            builder.tls(tls);
        }
        return builder;
    }

    static Reconnect reconnect(AbstractConfig config) {
        int longest = config.getInt(RECONNECT_MAXIMUM);
        return Reconnect.exponential(
                Duration.ofMillis(Math.min(FIRST_RECONNECT_MILLIS, longest)), Duration.ofMillis(longest));
    }

    private static Tls tls(AbstractConfig config) {
        Tls.Builder tls = Tls.builder();
        ifSet(config.getString(CA), tls::ca);
        ifSet(config.getString(CERTIFICATE), tls::certificate);
        ifSet(secret(config, KEY), tls::key);
        ifSet(secret(config, KEY_PASSWORD), tls::keyPassword);
        ifSet(
                config.getString(TRUST_STORE),
                path -> tls.trustStore(Path.of(path), secret(config, TRUST_STORE_PASSWORD)));
        ifSet(config.getString(KEY_STORE), path -> tls.keyStore(Path.of(path), secret(config, KEY_STORE_PASSWORD)));
        return tls.hostNameChecked(config.getBoolean(VERIFY_HOST_NAME)).build();
    }

    /** What contradicts what, in the names of the settings. */
    static void check(AbstractConfig config, SettingErrors errors) {
        boolean certificate = !config.getString(CERTIFICATE).isEmpty();
        boolean key = !secret(config, KEY).isEmpty();
        if (certificate != key) {
            errors.add(
                    certificate ? KEY : CERTIFICATE,
                    "is missing: a client certificate needs both " + CERTIFICATE + " and " + KEY);
        }
        if (certificate && !config.getString(KEY_STORE).isEmpty()) {
            errors.add(
                    KEY_STORE, "and " + CERTIFICATE + " are both set: the client's certificate comes from one of them");
        }
        if (!config.getString(CA).isEmpty() && !config.getString(TRUST_STORE).isEmpty()) {
            errors.add(TRUST_STORE, "and " + CA + " are both set: the servers to trust come from one of them");
        }
        if (config.getString(USERNAME).isEmpty() && !secret(config, PASSWORD).isEmpty()) {
            errors.add(PASSWORD, "is set without " + USERNAME + ": set the user name, or remove the password");
        }
        boolean plain = config.getList(SERVERS).stream()
                .anyMatch(server -> !ServerAddress.parse(server).scheme().isTls());
        for (String name : List.of(CA, CERTIFICATE, TRUST_STORE, KEY_STORE)) {
            if (plain && !config.getString(name).isEmpty()) {
                errors.add(
                        name, "is set, but a server of " + SERVERS + " is reached without TLS: use mqtts:// or wss://");
            }
        }
        if (!secret(config, WEBSOCKET_HEADERS).isBlank()
                && config.getList(SERVERS).stream()
                        .noneMatch(
                                server -> ServerAddress.parse(server).scheme().isWebSocket())) {
            errors.add(WEBSOCKET_HEADERS, "is set, but no server of " + SERVERS + " is a ws:// or wss:// address");
        }
    }

    private static void ifSet(String value, Consumer<String> setter) {
        if (!value.isEmpty()) {
            setter.accept(value);
        }
    }

    static String secret(AbstractConfig config, String name) {
        return config.getPassword(name).value();
    }
}
