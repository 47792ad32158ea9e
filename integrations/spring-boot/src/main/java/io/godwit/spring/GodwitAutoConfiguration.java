package io.godwit.spring;

import io.godwit.mqtt.broker.MqttBroker;
import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.MqttClient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Stream;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnThreading;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import tools.jackson.databind.json.JsonMapper;

/** Clients from {@code godwit.mqtt.*}, a template for the default one, listeners and health. */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration",
            "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration"
        })
@ConditionalOnClass(MqttClient.class)
@EnableConfigurationProperties(GodwitProperties.class)
public class GodwitAutoConfiguration {
    /** The order of our own converters, behind those of the application. */
    private static final List<Class<?>> OURS = List.of(TextPayloadConverter.class, JsonPayloadConverter.class);

    @Bean
    @ConditionalOnMissingBean
    MqttClients mqttClients(
            GodwitProperties properties,
            ObjectProvider<MqttConnectionDetails> details,
            ObjectProvider<SslBundles> bundles,
            ObjectProvider<MqttClientCustomizer> customizers,
            ObjectProvider<ClientListener> listeners,
            ObjectProvider<HandlerExecutor> executor) {
        HandlerExecutor handlers = executor.getIfAvailable();
        RestoredSubscriptions restored = new RestoredSubscriptions();
        MqttClientFactory factory = new MqttClientFactory(
                bundles.getIfAvailable(),
                customizers.orderedStream().toList(),
                Stream.concat(Stream.of(restored), listeners.orderedStream()).toList(),
                handlers == null ? null : handlers.of());
        Map<String, MqttClient> clients = new LinkedHashMap<>();
        MqttConnectionDetails given = details.getIfAvailable();
        List<String> servers = given == null ? properties.getServers() : given.servers();
        if (!servers.isEmpty()) {
            clients.put(MqttClients.DEFAULT, factory.build(MqttClients.DEFAULT, properties, servers));
        }
        properties.getClients().forEach((name, client) -> {
            if (client.getServers().isEmpty()) {
                throw new IllegalArgumentException(
                        "the MQTT client '" + name + "' has no server: set godwit.mqtt.clients." + name + ".servers");
            }
            clients.put(name, factory.build(name, client, client.getServers()));
        });
        return new MqttClients(clients, restored);
    }

    /** The default client, for injection. */
    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnDefaultClient
    MqttClient mqttClient(MqttClients clients) {
        return clients.get(MqttClients.DEFAULT);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(MqttClient.class)
    MqttTemplate mqttTemplate(MqttClient client, PayloadConverters converters) {
        return new MqttTemplate(client, converters);
    }

    @Bean
    @ConditionalOnMissingBean
    PayloadConverters mqttPayloadConverters(ObjectProvider<PayloadConverter> converters) {
        List<PayloadConverter> all = converters.orderedStream().toList();
        return new PayloadConverters(Stream.concat(
                        all.stream().filter(each -> !OURS.contains(each.getClass())),
                        OURS.stream().flatMap(ours -> all.stream().filter(ours::isInstance)))
                .toList());
    }

    @Bean
    PayloadConverter mqttTextPayloadConverter() {
        return new TextPayloadConverter(ApplicationConversionService.getSharedInstance());
    }

    @Bean
    static MqttListeners mqttListeners(
            ConfigurableListableBeanFactory beans,
            ObjectProvider<MqttClients> clients,
            ObjectProvider<PayloadConverters> converters,
            ObjectProvider<GodwitProperties> properties) {
        return new MqttListeners(
                beans, clients, converters, properties, ApplicationConversionService.getSharedInstance());
    }

    /** Where the handlers of a client run, by its name. Not an Executor itself: the application's own would be chosen by type. */
    record HandlerExecutor(Function<String, Executor> of) {}

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnThreading(Threading.VIRTUAL)
    HandlerExecutor mqttHandlerExecutor() {
        return new HandlerExecutor(name -> new VirtualThreadTaskExecutor("mqtt-" + name + "-"));
    }

    /** The JSON converter, if the application has Jackson. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(JsonMapper.class)
    static class Json {
        @Bean
        @ConditionalOnBean(JsonMapper.class)
        PayloadConverter mqttJsonPayloadConverter(JsonMapper mapper) {
            return new JsonPayloadConverter(mapper);
        }
    }

    /** Health, if the application reports it. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    static class HealthConfiguration {
        @Bean
        @ConditionalOnEnabledHealthIndicator("mqtt") // on the method: the condition itself needs the health module
        @ConditionalOnMissingBean(name = "mqttHealthIndicator")
        HealthIndicator mqttHealthIndicator(MqttClients clients) {
            return new MqttHealthIndicator(clients);
        }
    }

    /** A broker inside the application, for development and tests. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MqttBroker.class)
    @ConditionalOnBooleanProperty("godwit.mqtt.embedded-broker.enabled")
    static class EmbeddedBroker {
        @Bean(destroyMethod = "close")
        @ConditionalOnMissingBean
        MqttBroker mqttEmbeddedBroker() {
            return MqttBroker.start();
        }

        @Bean
        @ConditionalOnMissingBean
        MqttConnectionDetails mqttConnectionDetails(MqttBroker broker) {
            return () -> List.of(broker.uri());
        }
    }

    /** A broker of the application, or of a test, that the default client connects to. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MqttBroker.class)
    @ConditionalOnBean(annotation = MqttServiceConnection.class)
    static class ServiceConnection {
        @Bean
        @ConditionalOnMissingBean
        MqttConnectionDetails mqttServiceConnectionDetails(ListableBeanFactory beans) {
            String[] names = beans.getBeanNamesForAnnotation(MqttServiceConnection.class);
            if (names.length > 1) {
                throw new IllegalStateException(
                        "several beans have @MqttServiceConnection, but the default client has one broker: "
                                + String.join(", ", names));
            }
            MqttBroker broker = beans.getBean(names[0], MqttBroker.class);
            return () -> List.of(broker.uri());
        }
    }
}
