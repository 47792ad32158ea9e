package io.godwit.benchmarks;

import java.util.List;
import java.util.Set;

/**
 * One piece of work that is the same for all contenders. Its name says it all: {@code publish-1-4threads-1k-tls} is
 * publishing at QoS 1 from four threads, payloads of 1 KiB, over TLS.
 *
 * @param qos the QoS of the messages, 0 where none are sent
 * @param payload bytes of each message
 * @param threads publishing threads on one connection
 * @param durable whether each message is on the disk before it is sent
 * @param perSecond messages a second, 0 where there are as many as possible
 * @param percent instead of {@code perSecond}: the share of what the client can sustain; else 0
 */
public record Scenario(
        String name,
        Kind kind,
        int qos,
        int payload,
        int threads,
        boolean tls,
        boolean webSocket,
        boolean durable,
        int perSecond,
        int percent) {

    /** What is done, and therefore what is measured. */
    public enum Kind {
        /** Messages a second that the peer has acknowledged (counted by the peer at QoS 0). */
        PUBLISH,
        /** Messages a second that a handler was given. */
        RECEIVE,
        /** Microseconds from a publish to its handler through a real broker, one message at a time. */
        ROUND_TRIP,
        /** Microseconds from when a publish is due to its handler through a real broker, at a fixed rate. */
        LATENCY,
        /** Messages a second from a publisher through a real broker to the handler of a subscriber, each on its own connection. */
        RELAY,
        /** Heap, resident memory and threads that connections cost which do nothing. */
        IDLE,
        /** Connections a second that are opened and closed again. */
        CONNECT,
        /** Seconds until all clients are back after a restart of their broker. */
        STORM,
        /** Milliseconds from the start of the process to the first PUBACK. */
        FIRST_PUBACK
    }

    private static final Set<Kind> TLS = Set.of(Kind.PUBLISH, Kind.RECEIVE, Kind.CONNECT, Kind.FIRST_PUBACK);
    private static final int PLAIN_PAYLOAD = 64;
    private static final int MOST_IN_FLIGHT = 1000;
    private static final int MOST_BYTES_IN_FLIGHT = 4 << 20;
    private static final int FEWEST_IN_FLIGHT = 16;
    private static final int CONNECTING_THREADS = 4;
    private static final int DEFAULT_RATE = 500;

    public static Scenario parse(String name) {
        List<String> words = List.of(name.split("-"));
        String first = words.get(0);
        Kind kind = switch (first) {
            case "publish" -> Kind.PUBLISH;
            case "receive" -> Kind.RECEIVE;
            case "roundtrip" -> Kind.ROUND_TRIP;
            case "latency" -> Kind.LATENCY;
            case "relay" -> Kind.RELAY;
            case "idle" -> Kind.IDLE;
            case "connect" -> Kind.CONNECT;
            case "storm" -> Kind.STORM;
            case "firstpuback" -> Kind.FIRST_PUBACK;
            default -> throw unknown(name, first);
        };
        int qos = 0;
        int payload = PLAIN_PAYLOAD;
        int threads = kind == Kind.CONNECT ? CONNECTING_THREADS : 1;
        boolean tls = false;
        boolean webSocket = false;
        boolean durable = false;
        int percent = 0;
        int perSecond = kind == Kind.LATENCY ? DEFAULT_RATE : 0;
        for (String word : words.subList(1, words.size())) {
            if (word.matches("[012]")) {
                qos = Integer.parseInt(word);
            } else if (word.matches("\\d+k")) {
                payload = 1024 * Integer.parseInt(word.substring(0, word.length() - 1));
            } else if (word.matches("\\d+threads")) {
                threads = Integer.parseInt(word.replace("threads", ""));
            } else if (kind == Kind.LATENCY && word.matches("[1-9]\\d*hz")) {
                perSecond = Integer.parseInt(word.replace("hz", ""));
            } else if (kind == Kind.LATENCY && word.matches("[1-9]\\d?percent")) {
                percent = Integer.parseInt(word.replace("percent", ""));
            } else if (TLS.contains(kind) && word.equals("tls")) {
                tls = true;
            } else if (isThroughput(kind) && word.equals("ws")) {
                webSocket = true;
            } else if (kind == Kind.PUBLISH && word.equals("durable")) {
                durable = true;
            } else {
                throw unknown(name, word);
            }
        }
        return new Scenario(name, kind, qos, payload, threads, tls, webSocket, durable, perSecond, percent);
    }

    private static boolean isThroughput(Kind kind) {
        return kind == Kind.PUBLISH || kind == Kind.RECEIVE;
    }

    private static IllegalArgumentException unknown(String name, String word) {
        return new IllegalArgumentException("scenario \"" + name + "\": \"" + word
                + "\" is not understood; a scenario is publish-QOS, receive-QOS, latency-QOS, relay-QOS, roundtrip,"
                + " idle, connect, storm or firstpuback, then -1k or -64k, -4threads, -tls, -ws,"
                + " with publish -durable, with latency -500hz or -40percent");
    }

    /** Whether messages as fast as possible are what is measured. */
    public boolean countsMessages() {
        return kind == Kind.PUBLISH || kind == Kind.RECEIVE || kind == Kind.RELAY;
    }

    /** Whether a real broker is at the other end, and not the acknowledging peer. */
    public boolean needsBroker() {
        return kind == Kind.ROUND_TRIP || kind == Kind.LATENCY || kind == Kind.RELAY || kind == Kind.STORM;
    }

    /** In flight at most: 1,000, and fewer of the large ones, so that no contender is measured filling memory. */
    public int window() {
        return Math.max(FEWEST_IN_FLIGHT, Math.min(MOST_IN_FLIGHT, MOST_BYTES_IN_FLIGHT / payload));
    }
}
