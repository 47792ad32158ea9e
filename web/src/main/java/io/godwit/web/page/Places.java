package io.godwit.web.page;

import io.godwit.web.decode.DecoderKind;
import io.godwit.web.model.StoredMessage;
import io.godwit.web.model.TopicNode;
import io.godwit.web.model.TopicTree;
import io.godwit.web.model.ValueHistory;
import io.godwit.web.source.LiveBroker;
import io.godwit.web.source.RecordingSource;
import io.godwit.web.source.Source;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Finds what requests refer to: brokers, nodes, values. */
final class Places {
    private final Workspace workspace;

    Places(Workspace workspace) {
        this.workspace = workspace;
    }

    Source source(Request request) throws RequestException {
        return source(request.text("broker"));
    }

    Source source(String id) throws RequestException {
        Source source = workspace.sources().get(id);
        if (source == null) {
            throw new RequestException(RequestException.Code.GONE, "there is no broker '" + id + "'");
        }
        return source;
    }

    LiveBroker live(Request request) throws RequestException {
        return live(request.text("broker"));
    }

    LiveBroker live(String id) throws RequestException {
        if (source(id) instanceof LiveBroker broker) {
            return broker;
        }
        throw RequestException.invalid("a recording cannot do this; it needs a broker");
    }

    RecordingSource recording(Request request) throws RequestException {
        if (source(request) instanceof RecordingSource recording) {
            return recording;
        }
        throw RequestException.invalid("only a recording can do this");
    }

    /** A step that needs the tree's lock. */
    interface Look<T> {
        T at(TopicNode node) throws RequestException;
    }

    /** Looks at the node with the lock held. */
    <T> T look(TopicTree tree, long node, Look<T> look) throws RequestException {
        tree.lock().lock();
        try {
            TopicNode found = tree.node(node);
            if (found == null) {
                throw RequestException.gone("this topic");
            }
            return look.at(found);
        } finally {
            tree.lock().unlock();
        }
    }

    /** A value of a node's history; {@code id} null: the last. */
    StoredMessage value(TopicTree tree, long node, @Nullable Long id) throws RequestException {
        return look(tree, node, found -> {
            ValueHistory history = found.history();
            StoredMessage value = history == null ? null : id == null ? history.last() : history.find(id);
            if (value == null) {
                throw RequestException.gone("this message");
            }
            return value;
        });
    }

    /** Copies of a node's values, oldest first. */
    List<StoredMessage> history(TopicTree tree, long node) throws RequestException {
        return look(tree, node, found -> {
            ValueHistory history = found.history();
            return history == null ? List.<StoredMessage>of() : history.toList();
        });
    }

    static @Nullable DecoderKind decoder(Request request) throws RequestException {
        String name = request.textOr("decoder", null);
        return name == null ? null : checked(() -> DecoderKind.of(name));
    }

    /** What a check refuses is the page's mistake. */
    static <T> T checked(Callable<T> check) throws RequestException {
        try {
            return check.call();
        } catch (IllegalArgumentException e) {
            throw RequestException.invalid(String.valueOf(e.getMessage()));
        } catch (RequestException e) {
            throw e;
        } catch (Exception e) {
            throw new RequestException(RequestException.Code.FAILED, String.valueOf(e.getMessage()));
        }
    }
}
