package io.godwit.spring;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.concurrent.CompletionStage;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.aot.hint.annotation.ReflectiveProcessor;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ResolvableType;

/** What a native image has to know of a method with {@link MqttListener}: the method, its payload and its result. */
final class MqttListenerHints implements ReflectiveProcessor {
    private final BindingReflectionHintsRegistrar binding = new BindingReflectionHintsRegistrar();

    @Override
    public void registerReflectionHints(ReflectionHints hints, AnnotatedElement element) {
        if (!(element instanceof Method method)) {
            return; // the annotation on another annotation
        }
        hints.registerMethod(method, ExecutableMode.INVOKE);
        Parameter[] parameters = method.getParameters();
        boolean suspending = KotlinDetector.isSuspendingFunction(method);
        for (int i = 0; i < parameters.length; i++) {
            ResolvableType type = ResolvableType.forMethodParameter(method, i);
            if (suspending && i == parameters.length - 1) {
                register(hints, type.getGeneric(0)); // a Continuation of the result
            } else if (ListenerMethod.isPayload(parameters[i])) {
                register(hints, type);
            }
        }
        ResolvableType result = ResolvableType.forMethodReturnType(method);
        register(hints, CompletionStage.class.isAssignableFrom(result.toClass()) ? result.getGeneric(0) : result);
    }

    /** Not what is converted without reflection: text, numbers, bytes. */
    private void register(ReflectionHints hints, ResolvableType type) {
        Class<?> converted = type.toClass();
        if (!converted.isPrimitive()
                && !converted.isArray()
                && !converted.getName().startsWith("java.lang.")) {
            binding.registerReflectionHints(hints, type.getType());
        }
    }
}
