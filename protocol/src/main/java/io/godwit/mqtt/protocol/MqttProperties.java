package io.godwit.mqtt.protocol;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The properties of one packet of MQTT 5: an immutable list of property and value, in the order of the wire. Packets of
 * 3.1 and 3.1.1 have {@link #NONE}.
 */
public final class MqttProperties {
    /** No properties. */
    public static final MqttProperties NONE = new MqttProperties(new Object[0]);

    /** Property, value, property, value, ... */
    private final Object[] pairs;

    private MqttProperties(Object[] pairs) {
        this.pairs = pairs;
    }

    /** Properties with one entry. */
    public static <T> MqttProperties of(Property<T> property, T value) {
        return NONE.and(property, value);
    }

    /** Collects properties one by one, in time that grows with their number only. */
    public static Builder builder() {
        return new Builder();
    }

    /** These and one more, whether or not the property is there already: for user properties and subscription identifiers. */
    public <T> MqttProperties and(Property<T> property, T value) {
        Objects.requireNonNull(property, "property");
        Objects.requireNonNull(value, property.name());
        Object[] more = Arrays.copyOf(pairs, pairs.length + 2);
        more[pairs.length] = property;
        more[pairs.length + 1] = value;
        return new MqttProperties(more);
    }

    /** These with the property set to one value: replaced where it is there, removed when {@code value} is null. */
    public <T> MqttProperties with(Property<T> property, @Nullable T value) {
        List<Object> kept = new ArrayList<>(pairs.length + 2);
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i] != property) {
                kept.add(pairs[i]);
                kept.add(pairs[i + 1]);
            }
        }
        if (value != null) {
            kept.add(property);
            kept.add(value);
        }
        return kept.isEmpty() ? NONE : new MqttProperties(kept.toArray());
    }

    /** The (first) value, or null when the property is absent. */
    @SuppressWarnings("unchecked")
    public <T> @Nullable T get(Property<T> property) {
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i] == property) {
                return (T) pairs[i + 1];
            }
        }
        return null;
    }

    /** The (first) value, or {@code absent} when the property is not there. */
    public <T> T getOr(Property<T> property, T absent) {
        T value = get(property);
        return value == null ? absent : value;
    }

    /** All values of a property, in order. */
    @SuppressWarnings("unchecked")
    public <T> List<T> getAll(Property<T> property) {
        List<T> values = new ArrayList<>();
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i] == property) {
                values.add((T) pairs[i + 1]);
            }
        }
        return values;
    }

    public boolean has(Property<?> property) {
        return get(property) != null;
    }

    public boolean isEmpty() {
        return pairs.length == 0;
    }

    /** How many entries there are. */
    public int size() {
        return pairs.length / 2;
    }

    /** The property of entry {@code index}, 0 to {@code size() - 1}. */
    public Property<?> property(int index) {
        return (Property<?>) pairs[2 * index];
    }

    /** The value of entry {@code index}, 0 to {@code size() - 1}. */
    public Object value(int index) {
        return pairs[2 * index + 1];
    }

    /** Calls {@code action} for each entry in order. */
    public void forEach(BiConsumer<Property<?>, Object> action) {
        for (int i = 0; i < size(); i++) {
            action.accept(property(i), value(i));
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MqttProperties that && Arrays.deepEquals(pairs, that.pairs);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(pairs);
    }

    /** Names and values; authentication data is never shown, other bytes only by their number. */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ", "{", "}");
        forEach((property, value) -> text.add(property + "="
                + (property == Property.AUTHENTICATION_DATA
                        ? "***"
                        : value instanceof byte[] bytes ? bytes.length + " bytes" : value)));
        return text.toString();
    }

    /** Collects properties in the order in which they are added. For one thread. */
    public static final class Builder {
        private final List<Object> pairs = new ArrayList<>();

        private Builder() {}

        /**
         * Adds an entry, whether or not the property is there already.
         *
         * @throws ClassCastException if the value is not of the property's type
         */
        public Builder add(Property<?> property, Object value) {
            pairs.add(Objects.requireNonNull(property, "property"));
            pairs.add(property.valueType().cast(Objects.requireNonNull(value, property.name())));
            return this;
        }

        public MqttProperties build() {
            return pairs.isEmpty() ? NONE : new MqttProperties(pairs.toArray());
        }
    }
}
