package io.godwit.mqtt.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.client.HandlerOptions;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.Redirects;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients share groups of settings that are the same. One that was forgotten in the comparison would be ignored silently. */
class CommonSettingsTest {
    @ParameterizedTest
    @CsvSource({"COMMON_RECOVERY", "COMMON_LIMITS", "COMMON_DISPATCH", "COMMON_RECEIVING"})
    void a_group_is_shared_only_if_each_setting_is_the_common_one(String name) throws Exception {
        Field field = MqttClientBuilder.class.getDeclaredField(name);
        field.setAccessible(true);
        Record common = (Record) field.get(null);
        RecordComponent[] components = common.getClass().getRecordComponents();

        assertThat(orCommon(with(common, -1), common)).isSameAs(common);
        for (int i = 0; i < components.length; i++) {
            Record other = with(common, i);
            assertThat(orCommon(other, common)).as(components[i].getName()).isSameAs(other);
        }
    }

    private static Object orCommon(Record group, Record common) throws ReflectiveOperationException {
        return group.getClass().getMethod("orCommon", group.getClass()).invoke(group, common);
    }

    /** The same with another value at one place; -1: nowhere. */
    private static Record with(Record common, int index) throws ReflectiveOperationException {
        RecordComponent[] components = common.getClass().getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        @Nullable Object[] values = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            Object value = components[i].getAccessor().invoke(common);
            values[i] = i == index ? other(types[i], value) : value;
        }
        Constructor<? extends Record> constructor = common.getClass().getDeclaredConstructor(types);
        return constructor.newInstance(values);
    }

    private static Object other(Class<?> type, @Nullable Object value) {
        if (value instanceof Boolean yes) {
            return !yes;
        } else if (value instanceof Integer number) {
            return number + 1;
        } else if (value instanceof Long number) {
            return number + 1;
        } else if (value instanceof Duration duration) {
            return duration.plusMillis(1);
        } else if (value instanceof HandlerOptions) {
            return HandlerOptions.defaults().withConcurrency(2);
        } else if (value instanceof Redirects) {
            return Redirects.follow();
        } else if (type == List.class) {
            return List.of("another");
        } else if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .filter(each -> each != value)
                    .findFirst()
                    .orElseThrow();
        }
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> null);
    }
}
