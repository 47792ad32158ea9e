package io.godwit.spring;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * The first element of a publisher as a future; null if it has none. Spring hands over what a suspend function gives as a
 * publisher; only then is this class loaded, and Reactor there.
 */
final class FirstElement implements Subscriber<Object> {
    // Set once.
    private final CompletableFuture<@Nullable Object> future = new CompletableFuture<>();

    private FirstElement() {}

    static CompletableFuture<@Nullable Object> of(Object publisher) {
        FirstElement first = new FirstElement();
        ((Publisher<?>) publisher).subscribe(first);
        return first.future;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Object element) {
        future.complete(element);
    }

    @Override
    public void onError(Throwable failure) {
        future.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        future.complete(null);
    }
}
