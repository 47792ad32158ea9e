package io.godwit.nodemcu.lua.device;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers to the HTTP requests of a device, given by a scenario or a test instead of a server, and the requests that it
 * made. Any thread may call.
 *
 * <pre>{@code
 * device.network().http().answer("GET", "http://api.example/time?*", 200, "{\"hour\":7}");
 * }</pre>
 */
public final class HttpStubs {

    /** How many requests are remembered. */
    private static final int KEPT_REQUESTS = 64;
    /** Bodies of more bytes than this, all together, are not remembered either. */
    private static final int KEPT_BYTES = 4 << 20;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final List<Stub> stubs = new ArrayList<>(0);
    private final ArrayDeque<Request> requests = new ArrayDeque<>(0);

    HttpStubs() {}

    /**
     * A request as the script made it.
     *
     * @param method in upper case
     * @param headers with names in lower case
     */
    public record Request(String method, String url, Map<String, String> headers, byte[] body) {
        public Request {
            headers = Map.copyOf(headers);
        }

        /** The body as UTF-8. */
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** What a server would answer. */
    public record Response(int status, byte[] body) {
        public Response {
            if (status < 100 || status > 599) {
                throw new IllegalArgumentException("invalid HTTP status " + status + ": must be 100 to 599");
            }
        }
    }

    private record Stub(String method, Pattern url, String host, Response response) {
        boolean answers(String wantedMethod, String wantedUrl) {
            return (method.equals("*") || method.equals(wantedMethod))
                    && url.matcher(wantedUrl).matches();
        }
    }

    /**
     * Answers requests from now on; a later answer for the same request wins over an earlier one.
     *
     * @param method {@code GET} and so on, or {@code *} for every method
     * @param url the whole address, in which each {@code *} stands for any text
     * @param status 100 to 599
     * @throws IllegalArgumentException if the status is out of range
     */
    public HttpStubs answer(String method, String url, int status, byte[] body) {
        StringBuilder pattern = new StringBuilder();
        for (String part : url.split("\\*", -1)) {
            pattern.append(pattern.isEmpty() ? "" : ".*").append(Pattern.quote(part));
        }
        Stub stub = new Stub(
                method.toUpperCase(Locale.ROOT),
                Pattern.compile(pattern.toString(), Pattern.DOTALL),
                host(url),
                new Response(status, body.clone()));
        lock.lock();
        try {
            stubs.add(0, stub);
        } finally {
            lock.unlock();
        }
        return this;
    }

    /** As {@link #answer(String, String, int, byte[])}, with a text that is sent as UTF-8. */
    public HttpStubs answer(String method, String url, int status, String body) {
        return answer(method, url, status, body.getBytes(StandardCharsets.UTF_8));
    }

    private static String host(String url) {
        String rest = url.substring(url.indexOf("://") < 0 ? 0 : url.indexOf("://") + 3);
        int end = rest.indexOf('/');
        String authority = end < 0 ? rest : rest.substring(0, end);
        int colon = authority.lastIndexOf(':');
        return (colon < 0 ? authority : authority.substring(0, colon)).toLowerCase(Locale.ROOT);
    }

    /** For modules: remembers a request and finds the answer to it, or null. */
    public @Nullable Response respond(Request request) {
        lock.lock();
        try {
            requests.add(request);
            while (requests.size() > KEPT_REQUESTS || requests.size() > 1 && keptBytes() > KEPT_BYTES) {
                requests.removeFirst();
            }
            return stubs.stream()
                    .filter(stub -> stub.answers(request.method(), request.url()))
                    .map(Stub::response)
                    .findFirst()
                    .orElse(null);
        } finally {
            lock.unlock();
        }
    }

    private long keptBytes() {
        long bytes = 0;
        for (Request request : requests) {
            bytes += request.body().length;
        }
        return bytes;
    }

    /** For modules: whether there is an answer from that host. */
    public boolean knowsHost(String host) {
        lock.lock();
        try {
            return stubs.stream()
                    .anyMatch(stub -> stub.host().contains("*") || stub.host().equals(host.toLowerCase(Locale.ROOT)));
        } finally {
            lock.unlock();
        }
    }

    /** The requests that the device made, oldest first; the last 64 are kept. */
    public List<Request> requests() {
        lock.lock();
        try {
            return List.copyOf(requests);
        } finally {
            lock.unlock();
        }
    }
}
