package io.godwit.mqtt.client.session;

import io.godwit.mqtt.codec.PublishFields;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.TopicFilter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which handler receives which messages: the handlers of each topic filter, in a tree of topic levels and by subscription
 * identifier, and the subscriptions that the broker has or shall have. A handler may be registered before its subscription
 * and without one.
 */
final class Subscriptions {
    private static final Handler[] NOBODY = {};

    // A client that only publishes has none of these: each is made with its first entry.
    private @Nullable Node root;
    private Map<TopicFilter, Registration> registrations = Collections.emptyMap();
    private Map<TopicFilter, GrantedSubscription> active = Collections.emptyMap();
    private @Nullable SubscriptionIdentifiers identifiers;
    /** Rises whenever the answer to {@link #match} may change. */
    private int version;

    private static final class Node {
        final Map<String, Node> children = new HashMap<>(4);
        final List<Registration> registrations = new ArrayList<>(1);
    }

    /** The handlers of a filter, which stand in the tree under the topics that it matches. */
    private static final class Registration {
        final TopicFilter filter;
        final Set<Handler> handlers = new LinkedHashSet<>(2);

        Registration(TopicFilter filter) {
            this.filter = filter;
        }
    }

    // ---- handlers ----

    void addHandler(Handler handler) {
        TopicFilter filter = handler.filter();
        registrations = OnDemand.own(registrations);
        Registration known = registrations.get(filter);
        if (known == null || !known.filter.matchText().equals(filter.matchText())) {
            Registration made = new Registration(filter);
            if (known != null) {
                leaveTree(known); // the newest handler says which topics the filter matches
                made.handlers.addAll(known.handlers);
            }
            registrations.put(filter, made);
            enterTree(made);
            known = made;
        }
        if (known.handlers.add(handler)) {
            version++;
        }
    }

    private void enterTree(Registration registration) {
        if (root == null) {
            root = new Node();
        }
        Node node = root;
        for (String level : levels(registration)) {
            node = node.children.computeIfAbsent(level, l -> new Node());
        }
        node.registrations.add(registration);
        version++;
    }

    private void leaveTree(Registration registration) {
        if (root != null) {
            remove(root, levels(registration), 0, registration);
            version++;
        }
    }

    private static String[] levels(Registration registration) {
        return registration.filter.matchText().split("/", -1);
    }

    private static boolean remove(Node node, String[] levels, int depth, Registration registration) {
        if (depth == levels.length) {
            node.registrations.remove(registration);
        } else {
            Node child = node.children.get(levels[depth]);
            if (child != null && remove(child, levels, depth + 1, registration)) {
                node.children.remove(levels[depth]);
            }
        }
        return node.children.isEmpty() && node.registrations.isEmpty();
    }

    /** Returns whether other handlers of the filter are left. */
    boolean removeHandler(Handler handler) {
        Registration known = registrations.get(handler.filter());
        if (known == null) {
            return false;
        }
        if (known.handlers.remove(handler)) {
            version++;
        }
        if (known.handlers.isEmpty()) {
            registrations.remove(known.filter);
            leaveTree(known);
            return false;
        }
        return true;
    }

    void removeHandlers(TopicFilter filter) {
        removeHandlersIf(filter, handler -> true);
    }

    void removeHandlersIf(TopicFilter filter, Predicate<Handler> condition) {
        Registration known = registrations.get(filter);
        if (known != null) {
            for (Handler handler : List.copyOf(known.handlers)) {
                if (condition.test(handler)) {
                    removeHandler(handler);
                }
            }
        }
    }

    boolean hasHandlers(TopicFilter filter) {
        return registrations.containsKey(filter);
    }

    /** Whether the filter has a handler that is not one of these. */
    boolean hasOtherHandlers(TopicFilter filter, Collection<? extends Handler> these) {
        Registration known = registrations.get(filter);
        return known != null && !these.containsAll(known.handlers);
    }

    // ---- messages ----

    /** The handlers that want messages of this topic, each once. */
    Handler[] match(String topic) {
        Set<Handler> found = new LinkedHashSet<>();
        for (Registration registration : matching(topic)) {
            found.addAll(registration.handlers);
        }
        return found.toArray(NOBODY);
    }

    /**
     * The handlers that want a message with these subscription identifiers: those of the subscriptions that it was sent
     * for, and those whose filter has no identifier of its own and matches the topic. If no subscription here has one of
     * the identifiers, the topic decides alone.
     */
    Handler[] match(String topic, PublishFields fields) {
        Set<Handler> found = new LinkedHashSet<>();
        boolean known = false;
        for (int i = 0; i < fields.identifierCount(); i++) {
            Set<TopicFilter> filters = identifiers().filters(fields.identifier(i));
            for (TopicFilter filter : filters == null ? Set.<TopicFilter>of() : filters) {
                if (mayMatch(filter, topic)) {
                    known = true;
                    Registration registration = registrations.get(filter);
                    if (registration != null) {
                        found.addAll(registration.handlers);
                    }
                }
            }
        }
        if (!known) {
            return match(topic);
        }
        for (Registration registration : matching(topic)) {
            if (!identifiers().has(registration.filter)) {
                found.addAll(registration.handlers);
            }
        }
        return found.toArray(NOBODY);
    }

    /**
     * Whether messages of the topic may be sent for the filter. Brokers have prefixes of their own, such as {@code $queue/},
     * whose messages come with the topic behind it, unlike those of {@code $SYS/}; an identifier that an earlier process used
     * for something else is found out by all other filters.
     */
    private boolean mayMatch(TopicFilter filter, String topic) {
        Registration registration = registrations.get(filter);
        return (registration == null ? filter : registration.filter).matches(topic)
                || hasPrefix(filter.text()) && !filter.isShared() && !topic.startsWith("$");
    }

    private static boolean hasPrefix(String filter) {
        return filter.startsWith("$") && !filter.startsWith("$SYS/");
    }

    private List<Registration> matching(String topic) {
        if (root == null) {
            return List.of();
        }
        List<Registration> found = new ArrayList<>(2);
        match(root, topic.split("/", -1), 0, topic.startsWith("$"), found);
        return found;
    }

    private static void match(Node node, String[] levels, int depth, boolean dollar, List<Registration> found) {
        boolean wildcards = depth > 0 || !dollar; // [MQTT-4.7.2-1]
        Node rest = wildcards ? node.children.get("#") : null;
        if (rest != null) {
            found.addAll(rest.registrations);
        }
        if (depth == levels.length) {
            found.addAll(node.registrations);
            return;
        }
        Node exact = node.children.get(levels[depth]);
        if (exact != null) {
            match(exact, levels, depth + 1, dollar, found);
        }
        Node any = wildcards ? node.children.get("+") : null;
        if (any != null) {
            match(any, levels, depth + 1, dollar, found);
        }
    }

    /** The message as the application shall see it: with the subscription identifiers that it has chosen itself. */
    Message withOwnIdentifiers(Message message, PublishFields fields) {
        MqttProperties.Builder properties = MqttProperties.builder();
        boolean own = false;
        for (int i = 0; i < fields.identifierCount(); i++) {
            int identifier = fields.identifier(i);
            if (!identifiers().isAssigned(identifier)) {
                properties.add(Property.SUBSCRIPTION_IDENTIFIER, identifier);
                own = true;
            }
        }
        if (!own) {
            return message;
        }
        message.properties().forEach((property, value) -> add(properties, property, value));
        return message.withProperties(properties.build());
    }

    @SuppressWarnings("unchecked") // the value came with this property
    private static <T> void add(MqttProperties.Builder properties, Property<T> property, Object value) {
        properties.add(property, (T) value);
    }

    int version() {
        return version;
    }

    // ---- subscriptions ----

    /** SUBSCRIBE is about to be sent. */
    void sent(TopicFilter filter, int identifier) {
        identifiers().sent(identifier, filter);
        version++;
    }

    /** Notes a subscription that shall be there, now and after each reconnect. */
    void activate(GrantedSubscription granted, int identifier) {
        TopicFilter filter = granted.subscription().filter();
        active = OnDemand.own(active);
        active.put(filter, granted);
        identifiers().granted(identifier, filter);
        version++;
    }

    /** The broker has refused a subscription. */
    void refused(TopicFilter filter, int identifier) {
        identifiers().refused(identifier, filter);
        deactivate(filter);
    }

    /** The subscription is gone. */
    void deactivate(TopicFilter filter) {
        active.remove(filter);
        identifiers().gone(filter);
        version++;
    }

    @Nullable
    GrantedSubscription active(TopicFilter filter) {
        return active.get(filter);
    }

    Collection<GrantedSubscription> active() {
        return active.values();
    }

    SubscriptionIdentifiers identifiers() {
        SubscriptionIdentifiers made = identifiers;
        if (made == null) {
            made = new SubscriptionIdentifiers();
            identifiers = made;
        }
        return made;
    }
}
