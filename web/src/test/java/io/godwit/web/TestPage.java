package io.godwit.web;

import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.web.decode.Decoding;
import io.godwit.web.json.Json;
import io.godwit.web.model.MemoryBudget;
import io.godwit.web.page.Workspace;
import io.godwit.web.source.BrokerPlan;
import io.godwit.web.source.Sources;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** A browser's page as a test drives it: the cookie, the socket, requests and what comes back. */
public final class TestPage implements AutoCloseable {
    static final BrokerPlan.Doctor DOCTOR = new BrokerPlan.Doctor() {
        @Override
        public List<String> advice(ConnectFailure failure) {
            return List.of("see the test");
        }

        @Override
        public String symptom(Throwable failure) {
            return String.valueOf(failure.getMessage());
        }

        @Override
        public List<BrokerPlan.Check> examine(boolean publishing) {
            return List.of(new BrokerPlan.Check("name", "good", publishing ? "published" : "fine", List.of(), 1));
        }
    };

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final BlockingQueue<Map<String, Object>> frames = new LinkedBlockingQueue<>();
    private final String origin;
    private final String cookie;
    private final WebSocket socket;
    private final AtomicLong received = new AtomicLong();
    private final CompletableFuture<String> closed = new CompletableFuture<>();
    private long next = 1;

    public TestPage(WebServer server) throws Exception {
        origin = "http://127.0.0.1:" + server.port();
        HttpResponse<String> entered = client.send(
                HttpRequest.newBuilder(URI.create(server.link())).build(), HttpResponse.BodyHandlers.ofString());
        String set = entered.headers().firstValue("Set-Cookie").orElseThrow();
        cookie = set.substring(0, set.indexOf(';'));
        socket = client.newWebSocketBuilder()
                .header("Cookie", cookie)
                .header("Origin", origin)
                .buildAsync(URI.create("ws://127.0.0.1:" + server.port() + "/ws"), new Frames())
                .get(10, TimeUnit.SECONDS);
    }

    /** A workspace whose pages may add brokers. */
    public static Workspace workspace(long memory, boolean readOnly) {
        Sources sources = new Sources(new MemoryBudget(memory), System::currentTimeMillis);
        return new Workspace("test", readOnly, sources, Decoding.usual(), asked -> {
            asked.transport(); // refuses what contradicts itself
            return plan(asked.name() == null ? asked.address() : asked.name(), asked.address(), asked.filters());
        });
    }

    public static BrokerPlan plan(String address, List<String> filters) {
        return plan(address, address, filters);
    }

    private static BrokerPlan plan(String name, String address, List<String> filters) {
        return new BrokerPlan(
                name,
                address,
                null,
                filters,
                Qos.EXACTLY_ONCE,
                List.of(ProtocolVersion.V5, ProtocolVersion.V3_1_1),
                version -> MqttClient.builder().server(address).protocol(version),
                DOCTOR);
    }

    private final class Frames implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed.complete(reason);
            return null;
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            received.addAndGet(data.length());
            if (last) {
                frames.add(Json.map(text.toString()));
                text.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    /** The characters of all frames so far. */
    public long received() {
        return received.get();
    }

    void send(String text) {
        socket.sendText(text, true).join();
    }

    /** The reason with which the server closes the socket. */
    String awaitClose() throws Exception {
        return closed.get(10, TimeUnit.SECONDS);
    }

    /** Asks until it is not refused. */
    public Map<String, Object> retry(String op, String members) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        Map<String, Object> answer = ask(op, members);
        while (!answer.containsKey("ok") && System.nanoTime() < end) {
            await(frame -> "update".equals(frame.get("type")));
            answer = ask(op, members);
        }
        return ok(op, members);
    }

    /** The next frame for which the condition holds; those before are dropped. */
    public Map<String, Object> await(Predicate<Map<String, Object>> condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (System.nanoTime() < end) {
            Map<String, Object> frame = frames.poll(100, TimeUnit.MILLISECONDS);
            if (frame != null && condition.test(frame)) {
                return frame;
            }
        }
        throw new AssertionError("no such frame has come");
    }

    /** Sends a request, {@code op} and members in JSON; returns its whole answer. */
    public Map<String, Object> ask(String op, String members) throws InterruptedException {
        long id = next++;
        String json = "{\"id\":" + id + ",\"op\":\"" + op + "\"" + (members.isEmpty() ? "" : "," + members) + "}";
        socket.sendText(json, true).join();
        return await(frame ->
                !frame.containsKey("type") && frame.get("re") instanceof Number number && number.longValue() == id);
    }

    /** The {@code ok} of a request. */
    @SuppressWarnings("unchecked")
    public Map<String, Object> ok(String op, String members) throws InterruptedException {
        Map<String, Object> answer = ask(op, members);
        if (!(answer.get("ok") instanceof Map<?, ?> ok)) {
            throw new AssertionError("refused: " + answer);
        }
        return (Map<String, Object>) ok;
    }

    HttpResponse<byte[]> get(String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(origin + path))
                        .header("Cookie", cookie)
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    HttpResponse<String> post(String path, byte[] body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(origin + path))
                        .header("Cookie", cookie)
                        .header("Origin", origin)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        socket.abort();
    }
}
