package io.godwit.spring;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Conditional;

/** Matches if there is a default client: servers, or connection details. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Conditional(ConditionalOnDefaultClient.DefaultClient.class)
@interface ConditionalOnDefaultClient {
    /** One of the places that name servers. */
    final class DefaultClient extends AnyNestedCondition {
        DefaultClient() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnProperty(name = "godwit.mqtt.servers")
        static class OneServer {}

        @ConditionalOnProperty(name = "godwit.mqtt.servers[0]")
        static class Servers {}

        @ConditionalOnBean(MqttConnectionDetails.class)
        static class Details {}
    }
}
