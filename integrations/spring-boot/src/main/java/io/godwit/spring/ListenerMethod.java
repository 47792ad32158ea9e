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
            boolean isPayload = add(parameters[i]);
            if (isPayload && hasPayload) {
                throw new IllegalStateException(method
                        + " has two parameters for the payload: annotate one with @TopicVariable or @UserProperty");
            }
            hasPayload |= isPayload;
        }
        ReflectionUtils.makeAccessible(method);
    }

    /** Returns whether the parameter is the payload. */
    private boolean add(Parameter parameter) {
        TopicVariable variable = parameter.getAnnotation(TopicVariable.class);
        UserProperty property = parameter.getAnnotation(UserProperty.class);
        if (variable != null) {
            String name = variable.value().isEmpty() ? parameter.getName() : variable.value();
            if (!topics.stream().allMatch(topic -> topic.hasVariable(name))) {
                throw new IllegalStateException(
                        method + ": each topic needs a level {" + name + "} for the parameter " + parameter.getName());
            }
            sources.add((message, variables) -> conversion.convert(variables.get(name), parameter.getType()));
        } else if (property != null) {
            String name = property.value().isEmpty() ? parameter.getName() : property.value();
            sources.add((message, variables) -> conversion.convert(message.userProperty(name), parameter.getType()));
        } else if (parameter.getType() == Message.class) {
            sources.add((message, variables) -> message);
        } else if (parameter.getType() == MqttProperties.class) {
            sources.add((message, variables) -> message.properties());
        } else if (parameter.getType() == MqttClient.class) {
            sources.add((message, variables) -> client);
        } else {
            Type type = parameter.getParameterizedType();
            sources.add((message, variables) -> converters.read(message, type));
            return true;
        }
        return false;
    }

    /** Handles a message; returns when that is complete. */
    void handle(Message message) throws Exception {
        Map<String, String> variables = variables(message.topic());
        Object[] arguments = new Object[sources.size()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = sources.get(i).of(message, variables);
        }
        Object result = complete(call(arguments));
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
