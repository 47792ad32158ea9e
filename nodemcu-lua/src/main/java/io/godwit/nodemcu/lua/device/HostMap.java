package io.godwit.nodemcu.lua.device;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the host names of scripts lead, so that scripts run unchanged on a desk: {@code m11.cloudmqtt.com=127.0.0.1:1883}
 * for one name, or one broker for all.
 *
 * @param targets by host name in lower case, or by {@code host:port} for one port only
 * @param everything where every other MQTT connection goes, or null
 */
public record HostMap(Map<String, Target> targets, @Nullable Target everything) {

    public static final HostMap NONE = new HostMap(Map.of(), null);

    public HostMap {
        targets = Map.copyOf(targets);
    }

    /** A host, and a port where 0 keeps the one that the script asked for. */
    public record Target(String host, int port) {

        /** Reads {@code host}, {@code host:port} or {@code [::1]:port}. */
        public static Target parse(String text) {
            int colon = text.lastIndexOf(':');
            boolean port = colon > 0 && (text.indexOf(':') == colon || text.charAt(colon - 1) == ']');
            try {
                String host = port ? text.substring(0, colon) : text;
                String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
                int number = port ? Integer.parseInt(text.substring(colon + 1)) : 0;
                if (bare.isEmpty() || number < 0 || number > 65535) {
                    throw new NumberFormatException();
                }
                return new Target(bare, number);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'" + text + "' is not host or host:port");
            }
        }
    }

    Target target(String host, int port) {
        String name = host.toLowerCase(Locale.ROOT);
        Target target = targets.get(name + ":" + port);
        if (target == null) {
            target = targets.get(name);
        }
        return target == null
                ? new Target(host, port)
                : new Target(target.host(), target.port() == 0 ? port : target.port());
    }

    /** As {@link Network#target}, for a connection to a broker. */
    public Target broker(String host, int port) {
        Target mapped = target(host, port);
        boolean untouched = mapped.host().equals(host) && mapped.port() == port;
        return untouched && everything != null
                ? new Target(everything.host(), everything.port() == 0 ? port : everything.port())
                : mapped;
    }
}
