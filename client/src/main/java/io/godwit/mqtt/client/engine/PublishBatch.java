package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.PublishBatchResult;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.client.session.BatchExchange;
import io.godwit.mqtt.client.session.BatchedPublish;
import io.godwit.mqtt.client.session.Exchange;
import io.godwit.mqtt.client.session.Failure;
import io.godwit.mqtt.client.session.Outcome;
import io.godwit.mqtt.client.session.PublishExchange;
import io.godwit.mqtt.protocol.Message;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The future of a batch of publishes. It completes when all of them have ended, and says which have failed. */
final class PublishBatch extends BatchExchange<PublishBatchResult> {
    // Set once.
    private final PublishFuture.Support support;
    private final @Nullable MessageHooks hooks;
    private final long publishedAt;

    PublishBatch(PublishFuture.Support support, int size, boolean waited) {
        super(size, support.notifier().hooks() != null, waited);
        this.support = support;
        this.hooks = support.notifier().hooks();
        this.publishedAt = hooks == null ? 0 : System.nanoTime();
    }

    /** One of its publishes. The application never sees it; its end is told if somebody listens, or it fails. */
    static final class Part extends BatchedPublish {
        /** Set once: its place in the batch. */
        private final int index;

        Part(Message message, PublishBatch batch, int index) {
            super(message, batch);
            this.index = index;
        }

        @Override
        protected void finish(Outcome outcome) {
            if (isFirstNotified() && batch() instanceof PublishBatch batch) {
                batch.ended(message(), outcome);
            }
        }
    }

    private void ended(Message message, Outcome outcome) {
        MqttException failure = PublishOutcomes.failure(message, outcome);
        if (hooks != null) {
            long nanos = System.nanoTime() - publishedAt;
            if (failure == null) {
                hooks.publishAcknowledged(message, PublishOutcomes.result(outcome), nanos);
            } else {
                hooks.publishFailed(message, failure, nanos);
            }
        }
        if (failure != null && !PublishOutcomes.isCancelled(outcome)) {
            support.failed(message, failure);
        }
    }

    // ---- who waits for it ----

    @Override
    public PublishBatchResult join() {
        support.joins().await(this, null);
        return super.join();
    }

    @Override
    public PublishBatchResult get() throws InterruptedException, ExecutionException {
        support.joins().await(this, null);
        return super.get();
    }

    @Override
    public PublishBatchResult get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        long deadline = System.nanoTime() + unit.toNanos(timeout);
        support.joins().await(this, deadline);
        return super.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    // ---- ends that are not the session's, such as orTimeout: they wake who waits ----

    @Override
    public boolean complete(PublishBatchResult value) {
        boolean first = super.complete(value);
        support.joins().wake();
        return first;
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        boolean first = super.completeExceptionally(failure);
        support.joins().wake();
        return first;
    }

    /**
     * Takes those messages out of the queue that were not sent. False if some were sent, or have ended: then the future ends as the
     * broker answers.
     */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (isDone()) {
            return isCancelled();
        }
        List<BatchedPublish> withdrawn = support.session().get().call(locked -> locked.withdraw(this));
        withdrawn.forEach(BatchedPublish::finishNow);
        if (!hasEnded() || !PublishOutcomes.isCancelled(outcome())) {
            return false;
        }
        super.cancel(mayInterruptIfRunning);
        support.joins().wake();
        return true;
    }

    // ---- the session's end: who waits has been woken already ----

    @Override
    protected void finish(Outcome outcome) {
        if (PublishOutcomes.isCancelled(outcome)) {
            super.cancel(false);
            return;
        }
        noted().forEach(Exchange::finishNow); // listeners hear of each before the application hears of the batch
        super.complete(result());
    }

    private PublishBatchResult result() {
        if (noted().isEmpty()) {
            return PublishBatchResult.success(size());
        }
        TreeMap<Integer, PublishResult> answers = new TreeMap<>();
        TreeMap<Integer, MqttException> failures = new TreeMap<>();
        for (PublishExchange<?> noted : noted()) {
            int index = ((Part) noted).index;
            MqttException failure = PublishOutcomes.failure(noted.message(), noted.outcome());
            PublishResult answer = PublishOutcomes.result(noted.outcome());
            if (failure != null) {
                failures.put(index, failure);
            } else if (!answer.equals(PublishResult.SUCCESS)) {
                answers.put(index, answer);
            }
        }
        return new PublishBatchResult(size(), failures, answers);
    }

    /** The client accepts none of it. */
    void refused(Failure failure) {
        super.completeExceptionally(Failures.ofPublish(failure));
    }

    /** It has no messages. */
    void empty() {
        super.complete(PublishBatchResult.success(0));
    }
}
