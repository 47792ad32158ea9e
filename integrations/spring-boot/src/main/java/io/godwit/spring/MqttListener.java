package io.godwit.spring;

import io.godwit.mqtt.protocol.Qos;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;
import org.springframework.core.annotation.AliasFor;

/**
 * Calls the method for each message of the topics. A message is acknowledged when the method has returned; if it returns a
 * {@code CompletionStage}, or is a suspend function, when that has ended. If it throws, the failure policy decides; a message
 * that no parameter can be made of is not tried again ({@link UnreadableMessageException}).
 *
 * <p>The parameters, in any order:
 *
 * <ul>
 *   <li>the payload: {@code byte[]}, {@code String}, or whatever a {@link PayloadConverter} makes of it
 *   <li>{@link io.godwit.mqtt.protocol.Message}: the whole message
 *   <li>{@link TopicVariable}: a level of the topic that is a {@code {variable}} in {@link #topics}
 *   <li>{@link UserProperty}: a user property of MQTT 5
 *   <li>{@link io.godwit.mqtt.protocol.MqttProperties}: all properties
 *   <li>{@link io.godwit.mqtt.client.MqttClient}: the client that received the message
 * </ul>
 *
 * <p>What the method returns is published to the topic of {@link SendTo}, otherwise to the response topic of the message, with its
 * correlation data (MQTT 5, section 4.10).
 */
@Documented
@Reflective(MqttListenerHints.class)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface MqttListener {
    /** The same as {@link #topics}. */
    @AliasFor("topics")
    String[] value() default {};

    /**
     * Topic filters, in which a level may be a {@code {variable}}: {@code boiler/{id}/temp} subscribes to {@code boiler/+/temp}.
     * Placeholders such as {@code ${boiler.topic}} are resolved.
     */
    @AliasFor("value")
    String[] topics() default {};

    /** The highest QoS at which messages are delivered. */
    Qos qos() default Qos.AT_LEAST_ONCE;

    /** The name of a shared subscription: each message goes to one of its members. None by default. */
    String group() default "";

    /** The client, by the name of its properties; the default client if empty. */
    String client() default "";

    /** How many messages are handled at once, those of one topic one at a time and in order; 1 by default. */
    int concurrency() default 1;

    /**
     * The name of a bean of type {@link io.godwit.mqtt.client.FailurePolicy}; if empty, what the properties {@code
     * godwit.mqtt.listener.*} say.
     */
    String failurePolicy() default "";
}
