package io.godwit.spring;

import io.godwit.mqtt.client.FailurePolicy;
import io.godwit.mqtt.client.HandlerOptions;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.Subscription;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.convert.ConversionService;

/**
 * Finds the methods with {@link MqttListener}, connects the clients and subscribes at each start of the application, and disconnects
 * them when it stops: after the web server, so that requests may publish to the end.
 */
final class MqttListeners implements BeanPostProcessor, SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(MqttListener.class);

    /** Before the web server at the start, after it at the stop; its phases are the last ones. */
    private static final int PHASE = DEFAULT_PHASE - 4096;

    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(1);

    private static final String CANNOT_SUBSCRIBE = "a listener can't subscribe: ";

    private record Found(Object bean, Method method, MqttListener listener) {}

    // Set once. Providers, because this exists before all other beans.
    private final ConfigurableListableBeanFactory beans;
    private final ObjectProvider<MqttClients> clients;
    private final ObjectProvider<PayloadConverters> converters;
    private final ObjectProvider<GodwitProperties> properties;
    private final ConversionService conversion;

    // The thread that starts the application.
    private final List<Found> found = new ArrayList<>();
    private volatile boolean running;
    private final Map<Found, CompletableFuture<Subscription>> subscriptions = new IdentityHashMap<>();

    MqttListeners(
            ConfigurableListableBeanFactory beans,
            ObjectProvider<MqttClients> clients,
            ObjectProvider<PayloadConverters> converters,
            ObjectProvider<GodwitProperties> properties,
            ConversionService conversion) {
        this.beans = beans;
        this.clients = clients;
        this.converters = converters;
        this.properties = properties;
        this.conversion = conversion;
    }

    // ---- finding ----

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        Map<Method, MqttListener> methods = MethodIntrospector.selectMethods(
                AopUtils.getTargetClass(bean), (MethodIntrospector.MetadataLookup<MqttListener>) method -> {
                    MergedAnnotation<MqttListener> listener =
                            MergedAnnotations.from(method).get(MqttListener.class);
                    return listener.isPresent() ? listener.synthesize() : null;
                });
        methods.forEach((method, listener) ->
                found.add(new Found(bean, AopUtils.selectInvocableMethod(method, bean.getClass()), listener)));
        return bean;
    }

    // ---- the application's life ----

    @Override
    public void start() {
        MqttClients all = clients.getObject();
        boolean listening = properties.getObject().getListener().isEnabled();
        List<CompletableFuture<?>> ready = new ArrayList<>();
        if (listening) {
            madeBefore().forEach((client, filters) -> ready.add(all.restored().expect(client, filters)));
        }
        all.all().values().forEach(MqttClient::connectAsync);
        if (listening) {
            for (Found each : found) {
                CompletableFuture<Subscription> made = subscriptions.get(each);
                if (made == null || made.isCompletedExceptionally()) {
                    made = subscribe(each, all.get(each.listener().client()));
                    subscriptions.put(each, made);
                }
                ready.add(made);
            }
        }
        running = true;
        await(ready);
    }

    /** The filters that clients restore by themselves when they connect, as this is not the first start. */
    private Map<MqttClient, Set<TopicFilter>> madeBefore() {
        Map<MqttClient, Set<TopicFilter>> filters = new LinkedHashMap<>();
        subscriptions.forEach((each, made) -> {
            if (made.isDone() && !made.isCompletedExceptionally()) {
                MqttClient client = clients.getObject().get(each.listener().client());
                made.join()
                        .asked()
                        .forEach(asked -> filters.computeIfAbsent(client, c -> new LinkedHashSet<>())
                                .add(asked.filter()));
            }
        });
        return filters;
    }

    private CompletableFuture<Subscription> subscribe(Found each, MqttClient client) {
        List<TopicTemplate> topics = new ArrayList<>();
        for (String topic : each.listener().topics()) {
            topics.add(new TopicTemplate(resolved(topic)));
        }
        if (topics.isEmpty()) {
            throw new IllegalStateException(each.method() + ": @MqttListener needs at least one topic");
        }
        ListenerMethod method =
                new ListenerMethod(each.bean(), each.method(), client, topics, converters.getObject(), conversion);
        String group = each.listener().group();
        String share = group.isEmpty() ? "" : "$share/" + resolved(group) + "/";
        List<TopicSubscription> filters = topics.stream()
                .map(topic -> TopicSubscription.of(
                        share + topic.filter(), each.listener().qos()))
                .toList();
        return client.subscribeAsync(filters, MqttProperties.NONE, options(each.listener()), method::handle)
                .thenApply(MqttListeners::withoutRefusals);
    }

    /** A client fails only if all filters are refused. */
    private static Subscription withoutRefusals(Subscription made) {
        for (int i = 0; i < made.asked().size(); i++) {
            if (made.reasons().get(i).isError()) {
                made.closeAsync();
                throw RestoredSubscriptions.refused(
                        made.asked().get(i).filter(), made.reasons().get(i));
            }
        }
        return made;
    }

    /** With placeholders replaced. */
    private String resolved(String text) {
        String value = beans.resolveEmbeddedValue(text);
        return value == null ? text : value;
    }

    private HandlerOptions options(MqttListener listener) {
        return HandlerOptions.defaults()
                .withFailurePolicy(policy(listener))
                .withConcurrency(listener.concurrency(), Message::topic);
    }

    private FailurePolicy policy(MqttListener listener) {
        BeanFactory named = beans;
        if (!listener.failurePolicy().isEmpty()) {
            return named.getBean(listener.failurePolicy(), FailurePolicy.class);
        }
        GodwitProperties.Listener common = properties.getObject().getListener();
        FailurePolicy end = common.getDeadLetterTopic() == null
                ? FailurePolicy.reject()
                : FailurePolicy.deadLetter(common.getDeadLetterTopic());
        Integer retries = common.getRetries();
        if (retries == null) {
            if (common.getRetryDelay() != null || !common.getNotRetried().isEmpty()) {
                throw new IllegalArgumentException(
                        "godwit.mqtt.listener says how to retry, but not how often: set godwit.mqtt.listener.retries");
            }
            return end;
        }
        if (retries == 0) {
            return end;
        }
        Duration first = common.getRetryDelay() == null ? RETRY_DELAY : common.getRetryDelay();
        Duration longest = first.compareTo(LONGEST_DELAY) < 0 ? LONGEST_DELAY : first;
        FailurePolicy.Retry retry =
                FailurePolicy.retry(retries, first, longest, end).butNot(UnreadableMessageException.class);
        for (Class<? extends Throwable> failure : common.getNotRetried()) {
            retry = retry.butNot(failure);
        }
        return retry;
    }

    private void await(List<CompletableFuture<?>> ready) {
        Duration limit = properties.getObject().getListener().getStartupTimeout();
        try {
            CompletableFuture.allOf(ready.toArray(CompletableFuture[]::new))
                    .get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            LOG.warn(
                    "the broker has not granted all subscriptions within {}: the application starts without them;"
                            + " they are made when the broker is there",
                    limit);
            ready.forEach(each -> each.whenComplete((made, failure) -> reportLate(failure)));
        } catch (ExecutionException refused) {
            Throwable cause = refused.getCause() == null ? refused : refused.getCause();
            throw new IllegalStateException(CANNOT_SUBSCRIBE + cause.getMessage(), cause);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void reportLate(@Nullable Throwable failure) {
        if (failure != null && running) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            LOG.error(CANNOT_SUBSCRIBE + "{}", cause.getMessage());
        }
    }

    @Override
    public void stop() {
        running = false;
        List<CompletableFuture<Void>> ends = clients.getObject().all().values().stream()
                .map(MqttClient::disconnectAsync)
                .toList();
        ends.forEach(end -> end.exceptionally(notSent -> null).join());
        // A disconnect ends what was still being subscribed; the next start has to see that.
        subscriptions.values().forEach(made -> made.exceptionally(ended -> null).join());
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
