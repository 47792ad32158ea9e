package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.HostMap;
import io.godwit.nodemcu.lua.device.HttpStubs;
import io.godwit.nodemcu.lua.vm.LuaMachine;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One HTTP request of a script: answered by a stub of the device, else by the server. Thread of the device only. */
final class HttpExchange {

    static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    /** From the request to the answer of a stub. */
    private static final long STUB_NANOS = 50_000_000L;
    /** What a request counts as until its answer has been delivered, beside its own body. */
    private static final int EXCHANGE_BYTES = 512 * 1024;

    private static final Pattern ESCAPE = Pattern.compile("%[0-9A-Fa-f]{2}");

    private final Device device;
    private final String method;
    private final String url;
    private final Map<String, String> headers;
    private final byte[] body;
    private final Duration timeout;

    HttpExchange(Device device, String method, String url, Map<String, String> headers, byte[] body, Duration timeout) {
        this.device = device;
        this.method = method;
        this.url = url;
        this.headers = headers;
        this.body = body;
        this.timeout = timeout;
    }

    /**
     * What came back.
     *
     * @param status -1 if nothing did
     * @param headers with names in lower case
     */
    record Result(int status, byte @Nullable [] body, Map<String, String> headers) {
        static final Result FAILED = new Result(-1, null, Map.of());
    }

    /** Made when the first device makes a request; its threads serve all of them. */
    private static final class Shared {
        private static final HttpClient CLIENT = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(DEFAULT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
    }

    /** Makes the request; the result is queued for the device. */
    void start(String where, Consumer<Result> done) {
        LuaMachine machine = device.requireMachine();
        long bytes = EXCHANGE_BYTES + (long) body.length;
        machine.reserve(bytes);
        Consumer<Result> ended = result -> {
            machine.release(bytes);
            done.accept(result);
        };
        device.network()
                .whenOnline(
                        where + ": http." + method.toLowerCase(Locale.ROOT) + "()",
                        () -> send(ended),
                        () -> ended.accept(Result.FAILED));
    }

    private void send(Consumer<Result> done) {
        Result stubbed = stubbed();
        if (stubbed != null) {
            device.after(STUB_NANOS, () -> done.accept(stubbed));
            return;
        }
        if (!device.network().flows()) {
            device.after(timeout.toNanos(), () -> done.accept(Result.FAILED));
            return;
        }
        Result[] result = new Result[1];
        Runnable inBoot = device.inThisBoot(() -> done.accept(result[0]));
        request().whenComplete((response, problem) -> {
            result[0] = outcome(response, problem);
            device.post(inBoot);
        });
    }

    /** Blocks the script, and the thread that runs the device, until the answer is there. */
    Result await() {
        if (!device.network().awaitAddress()) {
            return Result.FAILED;
        }
        Result stubbed = stubbed();
        if (stubbed != null) {
            device.spend(STUB_NANOS);
            return stubbed;
        }
        if (!device.network().flows()) {
            device.spend(timeout.toNanos());
            return Result.FAILED;
        }
        // The thread waits, so that another one has to serve the neighbours.
        device.clock().addThread();
        try {
            long nanos = Math.min(timeout.toNanos(), DEFAULT_TIMEOUT.toNanos());
            return outcome(request().get(nanos, TimeUnit.NANOSECONDS), null);
        } catch (ExecutionException | TimeoutException e) {
            return outcome(null, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return outcome(null, e);
        } finally {
            device.clock().removeThread();
        }
    }

    private @Nullable Result stubbed() {
        HttpStubs.Response response =
                device.network().http().respond(new HttpStubs.Request(method, url, headers, body));
        if (response != null) {
            Map<String, String> answered = new LinkedHashMap<>();
            answered.put("content-length", String.valueOf(response.body().length));
            return new Result(response.status(), response.body(), answered);
        }
        if (device.network().isVirtual()) {
            device.warn(
                    WarningType.NETWORK,
                    "http: no answer to " + method + " " + url + " in virtual time: add a line to the scenario, "
                            + "such as  http " + method + " " + url + " = 200 BODY");
            return Result.FAILED;
        }
        return null;
    }

    private CompletableFuture<Result> request() {
        HttpRequest.Builder builder;
        try {
            builder = HttpRequest.newBuilder(target()).timeout(timeout);
        } catch (URISyntaxException | IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        builder.method(
                method,
                body.length == 0 ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body));
        builder.setHeader("User-Agent", Caller.profile(device).isEsp32() ? "ESP32 HTTP Client/1.0" : "ESP8266");
        headers.forEach((name, value) -> header(builder, name, value));
        CompletableFuture<HttpResponse<byte[]>> response =
                Shared.CLIENT.sendAsync(builder.build(), head -> new LimitedBody());
        // The timeout of the request ends with the headers; a server may then send its body a byte at a time.
        CompletableFuture<Result> result = response.thenApply(HttpExchange::result);
        return result.orTimeout(2 * timeout.toMillis(), TimeUnit.MILLISECONDS).whenComplete((done, problem) -> {
            if (problem != null) {
                response.cancel(true);
            }
        });
    }

    private static Result result(HttpResponse<byte[]> response) {
        Map<String, String> headers = new LinkedHashMap<>();
        response.headers().map().forEach((name, values) -> headers.put(name, String.join(",", values)));
        return new Result(response.statusCode(), response.body(), headers);
    }

    private Result outcome(@Nullable Result result, @Nullable Throwable problem) {
        if (result != null && problem == null) {
            return result;
        }
        Throwable cause = problem;
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        device.warn(WarningType.NETWORK, "http: " + method + " " + url + " failed: " + reason(cause));
        return Result.FAILED;
    }

    private static String reason(@Nullable Throwable cause) {
        if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
            return "no answer in time";
        }
        if (cause instanceof UnresolvedAddressException) {
            return "unknown host";
        }
        // The client of the JDK gives no better cause for a connection that was refused.
        if (cause instanceof ConnectException || cause instanceof ClosedChannelException) {
            return "the connection was refused or closed";
        }
        String text = cause == null ? null : cause.getMessage();
        return text == null ? String.valueOf(cause) : text;
    }

    private static void header(HttpRequest.Builder builder, String name, String value) {
        try {
            builder.setHeader(name, value);
        } catch (IllegalArgumentException e) {
            // Headers that the connection sets itself, such as Host and Content-Length, are left to it.
        }
    }

    /** The address as the script wrote it, with the mapped host, and with only what a URL cannot contain encoded. */
    private URI target() throws URISyntaxException {
        int scheme = url.indexOf("://");
        if (scheme < 0) {
            throw new IllegalArgumentException("the URL has no scheme: must begin with http:// or https://");
        }
        int end = scheme + 3;
        while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
            end++;
        }
        URI authority = new URI(url.substring(0, end));
        if (authority.getHost() == null) {
            throw new IllegalArgumentException("the URL names no host");
        }
        int port = authority.getPort() < 0 ? url.startsWith("https") ? 443 : 80 : authority.getPort();
        HostMap.Target target = device.network().target(authority.getHost(), port);
        int fragment = url.indexOf('#', end);
        String rest = url.substring(end, fragment < 0 ? url.length() : fragment);
        String host = target.host().contains(":") ? "[" + target.host() + "]" : target.host();
        return new URI(url.substring(0, scheme + 3) + host + ":" + target.port() + encoded(rest));
    }

    private String encoded(String rest) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rest.length(); i++) {
            char ch = rest.charAt(i);
            boolean plain = ch == '%'
                    ? ESCAPE.matcher(rest).region(i, rest.length()).lookingAt()
                    : ch > ' ' && ch < 0x7F && "\"<>\\^`{|}".indexOf(ch) < 0;
            if (plain) {
                text.append(ch);
            } else {
                text.append(String.format(Locale.ROOT, "%%%02X", (int) ch));
            }
        }
        if (text.length() != rest.length()) {
            device.warn(
                    WarningType.NETWORK,
                    "http: the URL " + url + " has characters that a URL cannot contain: "
                            + "the chip sends them as they are, here they are sent encoded");
        }
        return text.toString();
    }
}
