package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.client.net.FailureReason;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.ServerAddress.Scheme;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.Times;
import io.netty.channel.ConnectTimeoutException;
import java.io.FileNotFoundException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Explains why an address could not be reached, and what may help. */
final class ConnectFailures {

    private ConnectFailures() {}

    static TransportException describe(
            ServerAddress server, SocketAddress address, TransportOptions options, @Nullable Throwable cause) {
        String where = where(server, address);
        String text = textOf(cause, address);
        if (cause instanceof ConnectTimeoutException) {
            return failure(
                    FailureReason.TIMEOUT,
                    server,
                    "timed out after " + Times.text(options.connectTimeout()) + " connecting to " + where
                            + ": is the host up, and does a firewall block port " + server.port() + "?",
                    cause);
        }
        String message;
        FailureReason reason = FailureReason.OTHER;
        if (server.scheme() == Scheme.UNIX) {
            if (cause instanceof FileNotFoundException || text.contains("no such file") || text.contains("enoent")) {
                reason = FailureReason.REFUSED;
                message = "no such socket: " + where + "; is the broker running, and does it listen there?";
            } else if (text.contains("permission denied") || text.contains("eacces")) {
                reason = FailureReason.UNREACHABLE;
                message = "no permission to open the socket " + where + ": check its owner and permissions";
            } else if (text.contains("refused")) {
                reason = FailureReason.REFUSED;
                message = "nothing listens on the socket " + where + ": the broker that created it has ended";
            } else {
                message = "cannot open the socket " + where + because(cause);
            }
        } else if (cause instanceof BindException || text.contains("cannot assign requested address")) {
            message = "cannot connect to " + where + " from the local address " + options.localAddress()
                    + ": it must be an address of this machine and of the same family";
        } else if (text.contains("refused")) {
            reason = FailureReason.REFUSED;
            message = where + " refused the connection: nothing listens on port " + server.port()
                    + "; is the broker running, and is the port right?";
        } else if (cause instanceof NoRouteToHostException
                || text.contains("unreachable")
                || text.contains("no route")) {
            reason = FailureReason.UNREACHABLE;
            message = "cannot reach " + where + ": this machine has no route to it";
        } else if (cause instanceof SocketException && text.contains("reset")) {
            reason = FailureReason.CLOSED;
            message = where + " reset the connection while it was opened";
        } else {
            message = "cannot reach " + where + because(cause);
        }
        return failure(reason, server, message, cause);
    }

    /** What Netty or the system says, in lower case and without the address, whose name may consist of any words. */
    private static String textOf(@Nullable Throwable cause, SocketAddress address) {
        String text = cause == null ? null : cause.getMessage();
        return text == null ? "" : text.replace(address.toString(), "").toLowerCase(Locale.ROOT);
    }

    /** "name:port", with the address behind it where that says more. */
    static String where(ServerAddress server, SocketAddress address) {
        if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
            String literal = inet.getAddress().getHostAddress();
            return literal.equals(server.host()) ? server.authority() : server.authority() + " (" + literal + ")";
        }
        return server.authority();
    }

    private static String because(@Nullable Throwable cause) {
        return cause == null ? "" : ": " + cause;
    }

    private static TransportException failure(
            FailureReason reason, ServerAddress server, String message, @Nullable Throwable cause) {
        return new TransportException(ConnectPhase.CONNECT, reason, server, message, cause);
    }
}
