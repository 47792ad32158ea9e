package io.godwit.mqtt.opentelemetry;

import io.godwit.mqtt.client.MessageListener;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.PublishException;
import io.godwit.mqtt.client.PublishResult;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.ReasonCode;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Spans of MQTT clients: {@code publish}, from the call to the acknowledgement, and {@code process}, around the handlers of a
 * message. With MQTT 5 the context travels in user properties ({@code traceparent}, {@code tracestate}), so a {@code process}
 * span continues the trace of the {@code publish} span in another process and links to it. While handlers run, their span is
 * current. Any thread.
 *
 * <pre>{@code
 * MqttTracing tracing = MqttTracing.create(openTelemetry);
 * MqttClient client = MqttClient.builder().server("mqtt://localhost").protocol(ProtocolVersion.V5).listener(tracing).build();
 * }</pre>
 */
public final class MqttTracing implements MessageListener {
    private static final String NAME = "io.godwit.mqtt";

    // Set once.
    private final Tracer tracer;
    private final TextMapPropagator propagator;
    private final @Nullable Function<String, @Nullable String> topics;
    private final boolean linkOnly;

    // Any thread.
    private final Map<Identity, Span> publishing = new ConcurrentHashMap<>();
    private final Map<Identity, Processing> processing = new ConcurrentHashMap<>();
    /** The messages whose handlers run on this thread, innermost first. */
    private final ThreadLocal<ArrayDeque<Current>> current = ThreadLocal.withInitial(ArrayDeque::new);

    /** @param context with the span */
    private record Processing(Span span, Context context) {}

    private record Current(Message message, Scope scope) {}

    /** A key that is this very message. */
    private static final class Identity {
        private final Message message;

        Identity(Message message) {
            this.message = message;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Identity that && that.message == message;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(message);
        }
    }

    private MqttTracing(Builder builder) {
        this.tracer = builder.openTelemetry.getTracer(NAME);
        TextMapPropagator configured = builder.openTelemetry.getPropagators().getTextMapPropagator();
        this.propagator = configured.fields().isEmpty() ? W3CTraceContextPropagator.getInstance() : configured;
        this.topics = builder.topics;
        this.linkOnly = builder.linkOnly;
    }

    /** Spans with names that contain no topics. The propagators of {@code openTelemetry}, or W3C trace context if it has none. */
    public static MqttTracing create(OpenTelemetry openTelemetry) {
        return builder(openTelemetry).build();
    }

    public static Builder builder(OpenTelemetry openTelemetry) {
        return new Builder(openTelemetry);
    }

    /** Configures {@link MqttTracing}. Not thread-safe. */
    public static final class Builder {
        private final OpenTelemetry openTelemetry;
        private @Nullable Function<String, @Nullable String> topics;
        private boolean linkOnly;

        private Builder(OpenTelemetry openTelemetry) {
            this.openTelemetry = Objects.requireNonNull(openTelemetry, "openTelemetry");
        }

        /**
         * Puts a topic into span names and {@code messaging.destination.template}. The function makes it of a topic name: return one of a few
         * values, such as {@code "boiler/+/temp"}, or null for none.
         */
        public Builder topics(Function<String, @Nullable String> mapper) {
            topics = Objects.requireNonNull(mapper, "mapper");
            return this;
        }

        /** A {@code process} span begins a trace of its own and only links to the {@code publish} span: for many consumers of a message. */
        public Builder linkOnly() {
            linkOnly = true;
            return this;
        }

        public MqttTracing build() {
            return new MqttTracing(this);
        }
    }

    private @Nullable String template(Message message) {
        return topics == null ? null : topics.apply(message.topic());
    }

    private SpanBuilder span(String operation, String type, SpanKind kind, MqttClient client, Message message) {
        String template = template(message);
        SpanBuilder builder = tracer.spanBuilder(template == null ? operation : operation + " " + template)
                .setSpanKind(kind)
                .setAttribute(MessageAttributes.OPERATION_NAME, operation)
                .setAttribute(MessageAttributes.OPERATION_TYPE, type);
        if (template != null) {
            builder.setAttribute(MessageAttributes.TEMPLATE, template);
        }
        MessageAttributes.set(builder, client, message);
        return builder;
    }

    // ---- publish ----

    @Override
    public Message publishing(MqttClient client, Message message) {
        Span span = span("publish", "send", SpanKind.PRODUCER, client, message).startSpan();
        Message traced = client.protocol() == ProtocolVersion.V5
                ? UserPropertyContext.inject(propagator, Context.current().with(span), message)
                : UserPropertyContext.copy(message);
        publishing.put(new Identity(traced), span);
        return traced;
    }

    @Override
    public void publishRefused(MqttClient client, Message message, RuntimeException failure) {
        endFailed(message, failure);
    }

    @Override
    public void publishSent(MqttClient client, Message message, boolean again) {
        Span span = publishing.get(new Identity(message));
        if (span != null) {
            span.addEvent(again ? "sent again" : "sent");
        }
    }

    @Override
    public void publishAcknowledged(MqttClient client, Message message, PublishResult result, Duration took) {
        Span span = publishing.remove(new Identity(message));
        if (span != null) {
            if (result.reason() != ReasonCode.SUCCESS) {
                span.setAttribute(MessageAttributes.REASON_CODE, result.reason().describe());
            }
            span.end();
        }
    }

    @Override
    public void publishFailed(MqttClient client, Message message, MqttException failure, Duration took) {
        endFailed(message, failure);
    }

    private void endFailed(Message message, RuntimeException failure) {
        Span span = publishing.remove(new Identity(message));
        if (span == null) {
            return;
        }
        if (failure instanceof PublishException publish && publish.kind() == PublishException.Cause.REFUSED) {
            span.setAttribute(MessageAttributes.REASON_CODE, publish.reason().describe());
        }
        span.setAttribute(MessageAttributes.ERROR_TYPE, type(failure));
        span.setStatus(StatusCode.ERROR, String.valueOf(failure.getMessage()));
        span.end();
    }

    private static String type(Throwable failure) {
        return failure instanceof PublishException publish
                ? publish.kind().name().toLowerCase(Locale.ROOT)
                : failure.getClass().getName();
    }

    // ---- process ----

    @Override
    public void messageReceived(MqttClient client, Message message) {
        Context remote = propagator.extract(Context.root(), message, UserPropertyContext.GETTER);
        SpanContext creation = Span.fromContext(remote).getSpanContext();
        SpanBuilder builder = span("process", "process", SpanKind.CONSUMER, client, message);
        if (creation.isValid()) {
            builder.addLink(creation);
        }
        builder.setParent(linkOnly ? Context.root() : remote);
        Span span = builder.startSpan();
        processing.put(new Identity(message), new Processing(span, remote.with(span)));
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // handlingEnded closes the scope, on the same thread
    public void handling(MqttClient client, Message message) {
        Processing begun = processing.get(new Identity(message));
        if (begun != null) {
            current.get().push(new Current(message, begun.context.makeCurrent()));
        }
    }

    @Override
    public void handlingEnded(MqttClient client, Message message) {
        Current innermost = current.get().peek();
        if (innermost != null && innermost.message == message) {
            current.get().pop();
            innermost.scope.close();
        }
    }

    @Override
    public void messageHandled(MqttClient client, Message message, Duration took, @Nullable Throwable failure) {
        Processing begun = processing.remove(new Identity(message));
        if (begun == null) {
            return;
        }
        if (failure != null) {
            begun.span.setAttribute(
                    MessageAttributes.ERROR_TYPE, failure.getClass().getName());
            begun.span.recordException(failure);
            begun.span.setStatus(StatusCode.ERROR);
        }
        begun.span.end();
    }
}
