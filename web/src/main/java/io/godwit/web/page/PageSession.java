package io.godwit.web.page;

import io.godwit.web.decode.DecoderKind;
import io.godwit.web.json.Json;
import io.godwit.web.model.TopicNode;
import io.godwit.web.model.TopicTree;
import io.godwit.web.model.TreeView;
import io.godwit.web.source.RetainedJob;
import io.godwit.web.source.Source;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One page: answers its requests, and sends what it shows at most ten times per second. What concerns the view runs in order, one
 * at a time; what may take long runs on worker threads.
 */
public final class PageSession {
    private static final Logger LOG = LoggerFactory.getLogger(PageSession.class);
    private static final long TICK_MILLIS = 100;

    /** Requests about what is shown: in their order, or the page would see an older one win. */
    private static final Set<String> SHOWN = Set.of("view", "open", "close", "reveal");

    // Set once.
    private final PageConnection connection;
    private final Workspace workspace;
    private final Executor workers;
    private final Executor inOrder;
    private final Places places;
    private final HistoryRequests history;
    private final PublishRequests publish;
    private final SourceRequests sources;
    private final ScheduledFuture<?> ticking;
    private final Runnable onSources = this::sendBrokers;
    private final Runnable onDecoding = this::sendRules;
    private final AtomicBoolean brokersDue = new AtomicBoolean();

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final Updates updates;

    // Any thread.
    private volatile boolean closed;

    /**
     * Says hello and begins to send updates.
     *
     * @param workers for what may take long
     * @param timer for the updates; its threads may work for some milliseconds
     */
    public PageSession(
            PageConnection connection, Workspace workspace, Executor workers, ScheduledExecutorService timer) {
        this.connection = connection;
        this.workspace = workspace;
        this.workers = workers;
        this.inOrder = new InOrder(workers);
        Values values = new Values(workspace);
        this.places = new Places(workspace);
        this.history = new HistoryRequests(places, values);
        this.publish = new PublishRequests(workspace, places, values);
        this.sources = new SourceRequests(workspace, places);
        this.updates = new Updates(workspace, values);
        workspace.sources().listen(onSources);
        workspace.onDecoding(onDecoding);
        connection.send(hello());
        this.ticking = timer.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private String hello() {
        return Json.object(json -> {
            json.writeStringField("type", "hello");
            json.writeNumberField("protocol", 1);
            json.writeStringField("version", workspace.version());
            json.writeBooleanField("readOnly", workspace.readOnly());
            json.writeNumberField("now", workspace.sources().now());
            json.writeNumberField("memory", workspace.sources().budget().limit());
            json.writeObjectFieldStart("limits");
            json.writeNumberField("frame", 1 << 20);
            json.writeNumberField("upload", 64 << 20);
            json.writeNumberField("rows", 500);
            json.writeNumberField("history", 1_000);
            json.writeNumberField("log", 200);
            json.writeEndObject();
            json.writeArrayFieldStart("decoders");
            for (DecoderKind kind : DecoderKind.values()) {
                json.writeString(kind.label());
            }
            json.writeEndArray();
            Infos.decoding(workspace.decoding(), json);
            Infos.brokers(workspace.sources().all(), json);
        });
    }

    private void sendBrokers() {
        brokersDue.set(true);
    }

    private void sendRules() {
        connection.send(Json.object(json -> {
            json.writeStringField("type", "rules");
            Infos.decoding(workspace.decoding(), json);
        }));
    }

    private void tick() {
        if (closed || !connection.isReady()) {
            return; // a page that reads too slowly misses updates
        }
        try {
            if (brokersDue.compareAndSet(true, false)) {
                connection.send(Json.object(json -> {
                    json.writeStringField("type", "brokers");
                    Infos.brokers(workspace.sources().all(), json);
                }));
            }
            update();
        } catch (RuntimeException e) {
            LOG.warn("cannot update a page", e);
        }
    }

    private void update() {
        lock.lock();
        try {
            String update = updates.next();
            if (update != null) {
                connection.send(update);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A frame of the page. Must be called in the order of the frames. */
    public void received(String text) {
        Request request;
        long id;
        try {
            request = new Request(Json.map(text));
            id = request.number("id");
        } catch (IllegalArgumentException | RequestException e) {
            connection.close("a frame of the page is not a request: " + e.getMessage());
            return;
        }
        try {
            Executor executor = SHOWN.contains(request.textOr("op", "")) ? inOrder : workers;
            executor.execute(() -> answer(id, request));
        } catch (RequestException e) {
            fail(id, e);
        } catch (RejectedExecutionException e) {
            fail(id, new RequestException(RequestException.Code.BUSY, "too many requests wait; try again"));
        }
    }

    private void answer(long id, Request request) {
        try {
            Json.Members ok = handle(id, request);
            String answer = Json.object(json -> {
                json.writeNumberField("re", id);
                json.writeObjectFieldStart("ok");
                ok.write(json);
                json.writeEndObject();
            });
            connection.send(answer);
            if (request.text("op").equals("view")) {
                update();
            }
        } catch (RequestException e) {
            fail(id, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(id, new RequestException(RequestException.Code.FAILED, "the server ends"));
        } catch (RuntimeException e) {
            LOG.warn("cannot answer a request of a page", e);
            fail(id, new RequestException(RequestException.Code.FAILED, "the server could not answer: " + e));
        } catch (OutOfMemoryError e) {
            fail(id, new RequestException(RequestException.Code.FAILED, "the JVM has too little memory for this"));
        }
    }

    private void fail(long id, RequestException failure) {
        connection.send(Json.object(json -> {
            json.writeNumberField("re", id);
            json.writeObjectFieldStart("error");
            json.writeStringField("code", failure.code().label());
            json.writeStringField("text", failure.getMessage());
            Infos.texts("advice", failure.advice(), json);
            json.writeEndObject();
        }));
    }

    private Json.Members handle(long id, Request request) throws RequestException, InterruptedException {
        RetainedJob.Progress progress = (done, total) -> connection.send(Json.object(json -> {
            json.writeStringField("type", "progress");
            json.writeNumberField("re", id);
            json.writeNumberField("done", done);
            json.writeNumberField("total", total);
        }));
        String op = request.text("op");
        return switch (op) {
            case "view" -> view(request);
            case "open", "close" -> open(request, op.equals("open"));
            case "reveal" -> reveal(request);
            case "topic" -> topic(request);
            case "history" -> history.history(request);
            case "value" -> history.value(request);
            case "diff" -> history.diff(request);
            case "paths" -> history.paths(request);
            case "series" -> history.series(request);
            case "publish" -> publish.publish(request);
            case "republish" -> publish.republish(request);
            case "request" -> publish.request(request);
            case "retainedCount" -> sources.retainedCount(request);
            case "retainedClear" -> sources.retainedClear(request, progress);
            case "retainedUndo" -> sources.retainedUndo(request, progress);
            case "rules" -> sources.rules(request);
            case "addBroker" -> sources.addBroker(request);
            case "removeBroker" -> sources.removeBroker(request);
            case "reconnect" -> sources.reconnect(request);
            case "diagnose" -> sources.diagnose(request);
            case "clearTree" -> sources.clearTree(request);
            case "record" -> sources.record(request);
            case "stopRecording" -> sources.stopRecording(request);
            case "openRecording" -> sources.openRecording(request);
            case "seek" -> sources.seek(request);
            case "play" -> sources.play(request);
            case "link" -> sources.link(request);
            default -> throw RequestException.invalid("unknown request '" + op + "'");
        };
    }

    // ---- what is shown ----

    private Json.Members view(Request request) throws RequestException {
        ViewSpec view = ViewSpec.of(request);
        lock.lock();
        try {
            updates.view(view);
        } finally {
            lock.unlock();
        }
        return json -> {};
    }

    private Json.Members open(Request request, boolean opened) throws RequestException {
        Source source = places.source(request);
        String broker = request.text("broker");
        boolean below = request.flag("below");
        List<?> nodes = request.list("nodes");
        int total;
        lock.lock();
        try {
            TreeView view = updates.treeView(broker, source);
            if (nodes.isEmpty() && !opened && below) {
                view.closeAll();
            }
            for (Object each : nodes) {
                TopicNode node = each instanceof Number number ? find(source.tree(), number.longValue()) : null;
                if (node != null && opened) {
                    view.open(node, below);
                } else if (node != null) {
                    view.close(node, below);
                }
            }
            total = view.rows(0, 0, workspace.sources().now()).total();
        } finally {
            lock.unlock();
        }
        return json -> json.writeNumberField("total", total);
    }

    private static @Nullable TopicNode find(TopicTree tree, long id) {
        tree.lock().lock();
        try {
            return tree.node(id);
        } finally {
            tree.lock().unlock();
        }
    }

    private Json.Members reveal(Request request) throws RequestException {
        Source source = places.source(request);
        String topic = request.textOr("topic", null);
        TopicTree tree = source.tree();
        TopicNode node;
        tree.lock().lock();
        try {
            node = topic != null ? tree.topic(topic) : tree.node(request.number("node"));
        } finally {
            tree.lock().unlock();
        }
        if (node == null) {
            throw RequestException.gone("this topic");
        }
        lock.lock();
        try {
            int row = updates.treeView(request.text("broker"), source)
                    .reveal(node, workspace.sources().now());
            return json -> {
                json.writeNumberField("node", node.id());
                json.writeNumberField("row", row);
            };
        } finally {
            lock.unlock();
        }
    }

    private Json.Members topic(Request request) throws RequestException {
        String topic = places.look(places.source(request).tree(), request.number("node"), TopicNode::topic);
        return json -> json.writeStringField("topic", topic);
    }

    /** The page has gone. */
    public void closed() {
        closed = true;
        ticking.cancel(false);
        workspace.sources().ignore(onSources);
        workspace.ignoreDecoding(onDecoding);
    }
}
