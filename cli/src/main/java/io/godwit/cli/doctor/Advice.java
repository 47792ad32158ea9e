package io.godwit.cli.doctor;

import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.ServerAddress.Scheme;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.tls.TlsCheck;
import io.godwit.mqtt.protocol.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What to try: in options of the command, where the library's messages speak of its own methods. */
final class Advice {
    private Advice() {}

    /** What went wrong, without the library's own advice. */
    static String symptom(Throwable failure) {
        String text = String.valueOf(failure.getMessage());
        int advice = text.indexOf(". What to do: ");
        String symptom = advice < 0 ? text : text.substring(0, advice);
        return symptom.replaceFirst(" \\(docs/tls\\.md#[a-z-]+\\)$", "");
    }

    /** For an attempt that failed before MQTT. */
    static List<String> about(TransportException failure, TransportOptions options, @Nullable TlsCheck check) {
        ServerAddress server = options.servers().get(0);
        String host = server.host();
        return switch (failure.phase()) {
            case RESOLVE ->
                List.of(
                        "see whether anything here knows the name: getent hosts " + host,
                        "write the broker's IP address in place of its name");
            case CONNECT -> network(failure, server, options);
            case PROXY ->
                List.of(
                        "see the proxy's own log: it says which rule refused the target or the user",
                        "a proxy for web traffic often allows port 443 only: try wss://" + host + "/mqtt");
            case TLS -> check != null ? certificate(check, server) : tls(failure, server);
            case WEBSOCKET ->
                List.of(
                        "another path: brokers use /mqtt, /ws or /",
                        "without WebSocket: godwit doctor " + (server.scheme().isTls() ? "mqtts://" : "mqtt://") + host,
                        "if the server wants a token, give it with --header NAME:VALUE");
            case CONNACK -> List.of();
        };
    }

    private static List<String> network(TransportException failure, ServerAddress server, TransportOptions options) {
        List<String> advice = new ArrayList<>();
        if (server.scheme() == Scheme.UNIX) {
            advice.add("see what the broker's configuration says about its socket, and who owns it: ls -l "
                    + server.path());
            return advice;
        }
        if (options.localAddress() != null) {
            advice.add("omit -A: the system then chooses the local address");
        }
        if (failure.isTimeout()) {
            advice.add("something drops the packets silently: check the firewalls in between and the broker's own");
            advice.add("try from the broker's own machine: godwit doctor "
                    + new ServerAddress(server.scheme(), "127.0.0.1", server.port(), null, null, server.path(), null));
        } else {
            advice.add("on the broker's machine, see what listens, and on which address: ss -ltn 'sport = :"
                    + server.port() + "'");
            advice.add("if it listens on 127.0.0.1 only, its configuration keeps other machines out");
        }
        advice.add("see whether the port is right: MQTT has 1883, with TLS 8883, WebSocket 80, 443, 8080 or 9001");
        return advice;
    }

    private static List<String> certificate(TlsCheck check, ServerAddress server) {
        List<String> advice = new ArrayList<>(
                switch (check) {
                    case EXPIRED ->
                        List.of(
                                "the broker's operator has to renew the certificate and have the broker load it",
                                "if it was renewed, see whether this machine's clock is right: date -u");
                    case NOT_YET_VALID -> List.of("see whether this machine's clock is right: date -u");
                    case WRONG_HOST ->
                        List.of(
                                "connect with a name that the certificate holds",
                                "to keep this address, name the expected certificate name: --tls-name NAME",
                                "or have the certificate issued for " + server.host());
                    case SELF_SIGNED ->
                        List.of("if it is the right one, take it from the broker's disk and trust it: --cafile FILE");
                    case UNKNOWN_CA ->
                        List.of(
                                "if you trust the authority, give its certificate: --cafile FILE",
                                "if the authority is a public one, the broker fails to send its intermediate"
                                        + " certificates: let it send the whole chain");
                    case PIN_MISMATCH ->
                        List.of(
                                "if the broker has a new key, pin that too: --pin SHA256",
                                "if not, something intercepts the connection");
                    case OTHER -> List.of("the text above is the JDK's own");
                });
        advice.add("more about it: godwit help tls" + (check == TlsCheck.OTHER ? "" : " " + check.anchor()));
        return advice;
    }

    private static List<String> tls(TransportException failure, ServerAddress server) {
        String text = String.valueOf(failure.getMessage());
        List<String> advice = new ArrayList<>();
        if (text.contains("client certificate")) {
            advice.add("the broker's administrator issues client certificates: --cert FILE --key FILE");
        } else if (text.contains("too old") || text.contains("cipher")) {
            advice.add("bring the broker's TLS up to date, or see --tls-version and --ciphers");
        } else if (text.contains("cannot begin")) {
            advice.add("see the files that --cafile, --cert, --key, --keystore and --truststore name");
        } else {
            String plain = server.scheme() == Scheme.WSS ? "ws://" : "mqtt://";
            advice.add("this may be a port without TLS: godwit doctor " + plain + server.authority() + server.path());
        }
        return advice;
    }

    /** For a broker that was reached and does not accept the connection. */
    static List<String> about(ConnectFailure failure, ServerAddress server, boolean speaksTls, boolean hasUser) {
        return switch (failure.reason()) {
            case BROKER_REJECTED -> refused(failure, hasUser);
            case NOT_MQTT, TIMEOUT, CLOSED -> {
                List<String> advice = new ArrayList<>();
                if (speaksTls) {
                    String secure = server.scheme() == Scheme.WS ? "wss://" : "mqtts://";
                    advice.add("this port speaks TLS: godwit doctor " + secure + server.authority() + server.path());
                } else if (server.scheme() == Scheme.MQTT || server.scheme() == Scheme.MQTTS) {
                    String upgraded = server.scheme() == Scheme.MQTT ? "ws://" : "wss://";
                    advice.add("if this is a web port: godwit doctor " + upgraded + server.authority() + "/mqtt");
                }
                if (failure.reason() != FailureReason.NOT_MQTT) {
                    advice.add(
                            "see the broker's log for this moment: it may have rejected the client without an answer");
                } else {
                    advice.add("this is not an MQTT broker: see what else runs on that machine");
                }
                yield advice;
            }
            default -> List.of("see whether the network is overloaded, and try a longer --timeout");
        };
    }

    private static List<String> refused(ConnectFailure failure, boolean hasUser) {
        ReasonCode reason = failure.reasonCode();
        if (reason == null) {
            return List.of("see the broker's log for this moment");
        }
        return switch (reason) {
            case BAD_USER_NAME_OR_PASSWORD, NOT_AUTHORIZED ->
                hasUser
                        ? List.of(
                                "see whether user and password are right, blanks at the ends too",
                                "see whether the broker allows this user, with this client identifier (-i), from here")
                        : List.of("the broker requires a user: -u NAME --password-env VAR");
            case CLIENT_IDENTIFIER_NOT_VALID ->
                List.of("choose a client identifier that the broker allows: -i ID; 3.1 takes 1 to 23 characters");
            case UNSUPPORTED_PROTOCOL_VERSION -> List.of("choose a version that the broker speaks: -V");
            case SERVER_UNAVAILABLE, SERVER_BUSY -> List.of("try again later; the broker's log says what it lacks");
            case USE_ANOTHER_SERVER, SERVER_MOVED -> List.of("the broker refers to another server: see above");
            default -> List.of("see the broker's log for this moment");
        };
    }
}
