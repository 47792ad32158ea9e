package io.godwit.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A bean of type {@link io.godwit.mqtt.broker.MqttBroker} that the default client connects to, whatever {@code godwit.mqtt.servers}
 * says: for tests and development, as {@code @ServiceConnection} does for containers. At most one bean may have it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface MqttServiceConnection {}
