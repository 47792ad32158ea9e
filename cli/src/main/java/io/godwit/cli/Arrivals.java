package io.godwit.cli;

import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Failures;
import io.godwit.cli.output.Repeats;
import io.godwit.mqtt.client.Acknowledgement;
import io.godwit.mqtt.client.ManualHandler;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicFilter;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What {@code sub} does with each message: leaves out what was not wanted, prints the rest, acknowledges what it has
 * printed, and sees when it is enough. What comes after that stays unacknowledged, so that a kept session still has it.
 */
final class Arrivals implements ManualHandler {
    /**
     * Which messages are wanted.
     *
     * @param share percent of the messages that are printed
     * @param count ends after so many; 0: never
     */
    record Choice(
            List<TopicFilter> leftOut,
            boolean noRetained,
            boolean retainedOnly,
            boolean removeRetained,
            double share,
            long count) {}

    // Set once.
    private final MessageSink sink;
    private final Choice choice;
    private final CompletableFuture<Integer> end = new CompletableFuture<>();
    private final Consumer<String> notes;
    private @Nullable MqttClient client;

    // Handler thread only, but for the summary.
    private final Repeats repeats = new Repeats();
    private @Nullable CompletableFuture<?> lastRemoval;
    private volatile boolean removalFailed;
    private volatile long printed;
    private volatile long bytes;

    Arrivals(MessageSink sink, Choice choice, Consumer<String> notes) {
        this.sink = sink;
        this.choice = choice;
        this.notes = notes;
    }

    /** Which client receives; before it connects. */
    void client(MqttClient receiver) {
        client = receiver;
    }

    /** Completes with the exit code when it is enough. */
    CompletableFuture<Integer> end() {
        return end;
    }

    String summary(Duration time) {
        return ClientCommand.summary(printed, bytes, time);
    }

    @Override
    public void handle(Message message, Acknowledgement acknowledgement) throws InterruptedException {
        if (repeats.isRepeat(message)) {
            acknowledgement.acknowledge(); // it matched a second filter
            return;
        }
        if (end.isDone()) {
            return;
        }
        if (choice.retainedOnly && !message.retain()) {
            finish(ExitCodes.OK);
            return;
        }
        if (!wanted(message)) {
            acknowledgement.acknowledge();
            return;
        }
        if (choice.removeRetained && message.retain()) {
            lastRemoval = remove(message.topic());
        }
        int exitCode = sink.take(message, acknowledgement::acknowledge);
        if (exitCode != ExitCodes.OK) {
            finish(exitCode);
            return;
        }
        bytes = bytes + message.payload().length;
        printed = printed + 1;
        if (choice.count > 0 && printed >= choice.count) {
            sink.close();
            finish(ExitCodes.OK);
        }
    }

    private CompletableFuture<?> remove(String topic) {
        return Objects.requireNonNull(client)
                .publishAsync(Message.clearRetained(topic).withQos(Qos.AT_LEAST_ONCE))
                .whenComplete((done, failed) -> {
                    if (failed != null) {
                        removalFailed = true;
                        notes.accept("godwit sub: the retained message on '" + topic + "' was not removed: "
                                + Failures.text(Failures.unwrap(failed)));
                    }
                });
    }

    private boolean wanted(Message message) {
        if (choice.noRetained && message.retain()) {
            return false;
        }
        for (TopicFilter filter : choice.leftOut) {
            if (filter.matches(message.topic())) {
                return false;
            }
        }
        return choice.share >= 100 || ThreadLocalRandom.current().nextDouble(100) < choice.share;
    }

    private void finish(int exitCode) {
        CompletableFuture<?> removal = lastRemoval;
        if (removal == null) {
            end.complete(exitCode);
        } else {
            removal.whenComplete((done, failed) ->
                    end.complete(exitCode == ExitCodes.OK && removalFailed ? ExitCodes.PUBLISH_FAILED : exitCode));
        }
    }
}
