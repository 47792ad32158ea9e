package io.godwit.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A parameter of an {@link MqttListener} that gets a user property of MQTT 5; null if the message has none of that name. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface UserProperty {
    /** The property's name; the parameter's name if empty. */
    String value() default "";
}
