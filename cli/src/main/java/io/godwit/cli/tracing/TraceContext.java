package io.godwit.cli.tracing;

import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.UserProperty;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A W3C trace context: in user properties of MQTT 5 under its own names, in the environment of programs as {@code TRACEPARENT}
 * and {@code TRACESTATE}. The command makes no spans; it hands on what others have begun.
 *
 * @param parent the trace and the span that the next one is a child of
 * @param state what vendors add, or null
 */
public record TraceContext(String parent, @Nullable String state) {
    private static final String PARENT = "traceparent";
    private static final String STATE = "tracestate";

    /** Version, trace, span and flags; later versions may append something. */
    private static final Pattern VALID =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-[!-~]+)?");

    private static final Pattern VALID_STATE = Pattern.compile("[ -~]{1,1024}");

    /** The one that a message carries; null if it has none, or what it has is not valid. */
    public static @Nullable TraceContext of(List<UserProperty> properties) {
        Map<String, String> byName = new LinkedHashMap<>();
        properties.forEach(property -> byName.putIfAbsent(property.name(), property.value()));
        String parent = byName.get(PARENT);
        return parent == null || !VALID.matcher(parent).matches() ? null : of(parent, byName.get(STATE));
    }

    /**
     * The one of this process; null if it has none.
     *
     * @param environment gives variables
     * @throws IllegalArgumentException if {@code TRACEPARENT} is not valid
     */
    public static @Nullable TraceContext of(Function<String, @Nullable String> environment) {
        String parent = environment.apply("TRACEPARENT");
        if (parent == null || parent.isEmpty()) {
            return null;
        }
        if (!VALID.matcher(parent).matches()) {
            throw new IllegalArgumentException("TRACEPARENT is '" + parent
                    + "': must be like 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        }
        return of(parent, environment.apply("TRACESTATE"));
    }

    private static TraceContext of(String parent, @Nullable String state) {
        return new TraceContext(
                parent, state != null && VALID_STATE.matcher(state).matches() ? state : null);
    }

    /** These properties of a message with this context in place of theirs. */
    public MqttProperties addTo(MqttProperties properties) {
        MqttProperties.Builder changed = MqttProperties.builder();
        properties.forEach((property, value) -> {
            if (!(value instanceof UserProperty user
                    && (user.name().equals(PARENT) || user.name().equals(STATE)))) {
                changed.add(property, value);
            }
        });
        changed.add(Property.USER_PROPERTY, new UserProperty(PARENT, parent));
        if (state != null) {
            changed.add(Property.USER_PROPERTY, new UserProperty(STATE, state));
        }
        return changed.build();
    }

    /** The variables of a program that shall continue the trace. */
    public Map<String, String> variables() {
        return state == null ? Map.of("TRACEPARENT", parent) : Map.of("TRACEPARENT", parent, "TRACESTATE", state);
    }
}
