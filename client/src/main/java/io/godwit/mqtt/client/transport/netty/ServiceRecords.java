package io.godwit.mqtt.client.transport.netty;

import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.ServerAddress.Scheme;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Hashtable;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.DirContext;
import javax.naming.directory.InitialDirContext;

/**
 * Looks up SRV records (RFC 2782) through the JDK's JNDI: it reads the system's name servers, falls back to TCP for long answers
 * and needs no further library.
 */
final class ServiceRecords {

    /** Host and port of a service. */
    record Target(String host, int port) {}

    /** A record: lower priorities first, higher weights more often. */
    record Srv(int priority, int weight, int port, String host) {}

    private final String provider;

    /** Uses the system's name servers. */
    ServiceRecords() {
        this("dns:");
    }

    /** Uses another name server, as {@code dns://127.0.0.1:5353}. */
    ServiceRecords(String provider) {
        this.provider = provider;
    }

    /** Whether records are looked up for this address: not if it has a port of its own (RFC 2782). */
    static boolean apply(ServerAddress server) {
        boolean named = server.scheme() == Scheme.MQTT || server.scheme() == Scheme.MQTTS;
        boolean literal = server.host().indexOf(':') >= 0
                || server.host().chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
        return named && !literal && server.port() == server.scheme().defaultPort();
    }

    /** The targets in the order in which to try them; empty if there are no such records. Blocks. */
    @SuppressWarnings(
            "BanJNDI") // the attributes of a DNS name are strings: no object is looked up, nothing deserialized
    List<Target> lookUp(ServerAddress server, RandomGenerator random) throws NamingException {
        String service = server.scheme() == Scheme.MQTTS ? "_secure-mqtt._tcp." : "_mqtt._tcp.";
        Hashtable<String, String> settings = new Hashtable<>();
        settings.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        settings.put(Context.PROVIDER_URL, provider);
        settings.put("com.sun.jndi.dns.timeout.initial", "1000");
        settings.put("com.sun.jndi.dns.timeout.retries", "3");
        DirContext context = new InitialDirContext(settings);
        List<Srv> records = new ArrayList<>();
        try {
            Attribute found = context.getAttributes(service + server.host(), new String[] {"SRV"})
                    .get("SRV");
            if (found != null) {
                NamingEnumeration<?> all = found.getAll();
                while (all.hasMore()) {
                    records.add(parse(String.valueOf(all.next())));
                }
            }
        } catch (NameNotFoundException e) {
            return List.of();
        } finally {
            context.close();
        }
        return order(records, random);
    }

    /** "priority weight port target." */
    static Srv parse(String text) throws NamingException {
        String[] parts = text.trim().split("\\s+", -1);
        try {
            String host = parts[3].endsWith(".") ? parts[3].substring(0, parts[3].length() - 1) : parts[3];
            return new Srv(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]), host);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            NamingException failure = new NamingException("malformed SRV record '" + text + "'");
            failure.initCause(e);
            throw failure;
        }
    }

    /** RFC 2782: by priority, and within a priority at random by weight. A lone "." means that there is no such service. */
    static List<Target> order(List<Srv> records, RandomGenerator random) {
        List<Srv> left = new ArrayList<>(records);
        left.removeIf(each -> each.host.isEmpty());
        left.sort(Comparator.comparingInt(Srv::priority).thenComparingInt(Srv::weight));
        List<Target> ordered = new ArrayList<>(left.size());
        while (!left.isEmpty()) {
            int priority = left.get(0).priority;
            int sum = 0;
            for (Srv each : left) {
                sum += each.priority == priority ? each.weight : 0;
            }
            int drawn = random.nextInt(sum + 1);
            for (Srv each : left) {
                drawn -= each.weight;
                if (drawn <= 0) {
                    ordered.add(new Target(each.host, each.port));
                    left.remove(each);
                    break;
                }
            }
        }
        return ordered;
    }
}
