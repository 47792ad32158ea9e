package io.godwit.spring;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.CoroutinesUtils;
import org.springframework.core.KotlinDetector;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.convert.ConversionService;
import org.springframework.util.ReflectionUtils;

/** A method with {@link MqttListener}: makes its arguments of a message, calls it, and publishes what it returns. Any thread. */
final class ListenerMethod {
    /** Where an argument comes from. */
    @FunctionalInterface
    private interface Source {
        @Nullable
        Object of(Message message, Map<String, String> variables) throws Exception;
    }

    private static final Set<Class<?>> NOT_PAYLOAD = Set.of(Message.class, MqttProperties.class, MqttClient.class);

    // Set once.
    private final Object bean;
    private final Method method;
    private final MqttClient client;
    private final List<TopicTemplate> topics;
    private final PayloadConverters converters;
    private final ConversionService conversion;
    private final List<Source> sources = new ArrayList<>();
    private final @Nullable String sendTo;
    private final boolean suspending;

    /** @throws IllegalStateException if the method has a parameter that no message can fill; the message says which */
    ListenerMethod(
            Object bean,
            Method method,
            MqttClient client,
            List<TopicTemplate> topics,
            PayloadConverters converters,
            ConversionService conversion) {
        this.bean = bean;
        this.method = method;
        this.client = client;
        this.topics = topics;
        this.converters = converters;
        this.conversion = conversion;
        this.suspending = KotlinDetector.isSuspendingFunction(method);
        this.sendTo = MergedAnnotations.from(method)
                .get(SendTo.class)
                .getValue("value", String.class)
                .orElse(null);
        Parameter[] parameters = method.getParameters();
        int count = suspending ? parameters.length - 1 : parameters.length;
        boolean hasPayload = false;
        for (int i = 0; i < count; i++) {
            boolean isPayload = isPayload(parameters[i]);
            sources.add(isPayload ? payload(parameters[i]) : source(parameters[i]));
            if (isPayload && hasPayload) {
                throw new IllegalStateException(method
                        + " has two parameters for the payload: annotate one with @TopicVariable or @UserProperty");
            }
            hasPayload |= isPayload;
        }
        ReflectionUtils.makeAccessible(method);
    }

    /** Whether the parameter is made of the payload: {@link MqttListener} lists those that are not. */
    static boolean isPayload(Parameter parameter) {
        return !parameter.isAnnotationPresent(TopicVariable.class)
                && !parameter.isAnnotationPresent(UserProperty.class)
                && !NOT_PAYLOAD.contains(parameter.getType());
    }

    private Source payload(Parameter parameter) {
        Type type = parameter.getParameterizedType();
        return (message, variables) -> converters.read(message, type);
    }

    private Source source(Parameter parameter) {
        TopicVariable variable = parameter.getAnnotation(TopicVariable.class);
        UserProperty property = parameter.getAnnotation(UserProperty.class);
        if (variable != null) {
            String name = variable.value().isEmpty() ? parameter.getName() : variable.value();
            if (!topics.stream().allMatch(topic -> topic.hasVariable(name))) {
                throw new IllegalStateException(
                        method + ": each topic needs a level {" + name + "} for the parameter " + parameter.getName());
            }
            return (message, variables) -> conversion.convert(variables.get(name), parameter.getType());
        }
        if (property != null) {
            String name = property.value().isEmpty() ? parameter.getName() : property.value();
            return (message, variables) -> conversion.convert(message.userProperty(name), parameter.getType());
        }
        if (parameter.getType() == Message.class) {
            return (message, variables) -> message;
        }
        return parameter.getType() == MqttProperties.class
                ? (message, variables) -> message.properties()
                : (message, variables) -> client;
    }

    /** Handles a message; returns when that is complete. */
    void handle(Message message) throws Exception {
        Map<String, String> variables = variables(message.topic());
        Object result = complete(call(arguments(message, variables)));
        if (result == null) {
            return;
        }
        if (sendTo != null) {
            client.publish(converters.write(TopicTemplate.fill(sendTo, variables), result, client.protocol()));
        } else if (message.responseTopic() != null) {
            client.publish(converters
                    .write(message.responseTopic(), result, client.protocol())
                    .withCorrelationData(message.correlationData()));
        }
    }

    private Object[] arguments(Message message, Map<String, String> variables) {
        Object[] arguments = new Object[sources.size()];
        for (int i = 0; i < arguments.length; i++) {
            try {
                arguments[i] = sources.get(i).of(message, variables);
            } catch (Exception failure) {
                Parameter parameter = method.getParameters()[i];
                throw new UnreadableMessageException(
                        "cannot call " + this + " with the message for '" + message.topic() + "': no "
                                + parameter.getType().getSimpleName() + " for the parameter " + parameter.getName()
                                + ": " + failure.getMessage(),
                        failure);
            }
        }
        return arguments;
    }

    private Map<String, String> variables(String topic) {
        for (TopicTemplate template : topics) {
            if (template.matches(topic)) {
                return template.values(topic);
            }
        }
        return Map.of();
    }

    private @Nullable Object call(Object[] arguments) throws Exception {
        try {
            return suspending
                    ? CoroutinesUtils.invokeSuspendingFunction(method, bean, arguments)
                    : method.invoke(bean, arguments);
        } catch (InvocationTargetException thrown) {
            throw unwrapped(thrown);
        }
    }

    /** The value of a future, or of what a suspend function gives. */
    private @Nullable Object complete(@Nullable Object result) throws Exception {
        try {
            Object future = suspending && result != null ? FirstElement.of(result) : result;
            return future instanceof CompletionStage<?> stage
                    ? stage.toCompletableFuture().get()
                    : future;
        } catch (ExecutionException failed) {
            throw unwrapped(failed);
        }
    }

    private static Exception unwrapped(Exception wrapper) {
        Throwable cause = wrapper.getCause();
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof Exception exception ? exception : wrapper;
    }

    @Override
    public String toString() {
        return method.getDeclaringClass().getName() + "." + method.getName();
    }
}
