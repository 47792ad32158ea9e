package io.godwit.mqtt.micrometer;

import com.sun.net.httpserver.HttpServer;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** An application that publishes and receives all the time, and shows its metrics to Prometheus. */
final class RunningExample implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final HttpServer http;
    private final MqttClient client;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    RunningExample(String broker) throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        http.createContext("/metrics", exchange -> {
            byte[] text = registry.scrape().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
            exchange.sendResponseHeaders(200, text.length);
            exchange.getResponseBody().write(text);
            exchange.close();
        });
        http.start();
        client = MqttClient.builder()
                .server(broker)
                .protocol(ProtocolVersion.V5)
                .clientId("boiler-7")
                .keepAlive(Duration.ofSeconds(1))
                .reconnect(Reconnect.fixed(Duration.ofMillis(200)))
                .closeTimeout(Duration.ofMillis(200))
                .listener(MqttMetrics.create(registry))
                .store(SessionStore.inMemory())
                .build();
        client.connect();
        client.subscribe("boiler/#", message -> {});
        clock.scheduleAtFixedRate(
                () -> client.publishAsync(Message.of("boiler/7/temp", "71.5")), 0, 20, TimeUnit.MILLISECONDS);
    }

    int port() {
        return http.getAddress().getPort();
    }

    @Override
    public void close() {
        clock.shutdownNow();
        client.close();
        http.stop(0);
    }
}
