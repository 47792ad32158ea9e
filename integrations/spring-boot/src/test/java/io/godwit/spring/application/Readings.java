package io.godwit.spring.application;

import io.godwit.mqtt.client.FailurePolicy;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.spring.MqttListener;
import io.godwit.spring.PayloadConverter;
import io.godwit.spring.SendTo;
import io.godwit.spring.TopicVariable;
import io.godwit.spring.UserProperty;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** The application under test: readings of boilers, some of which are not what they should be. */
@SpringBootApplication
public class Readings {
    /** What a boiler reports. */
    public record Reading(double celsius) {}

    /** What the application answers. */
    public record Verdict(String boiler, boolean hot) {}

    /** What only a converter of the application understands. */
    public record Level(int percent) {}

    public final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    public final BlockingQueue<Message> deadLetters = new LinkedBlockingQueue<>();
    private final CyclicBarrier both = new CyclicBarrier(2);

    @MqttListener("boiler/{id}/temp")
    public void reading(@TopicVariable String id, Reading reading, @UserProperty("unit") String unit) {
        if (reading.celsius() > 1000) {
            seen.add("impossible");
            throw new IllegalArgumentException("impossible: " + reading);
        }
        seen.add(id + " " + reading.celsius() + " " + unit);
    }

    @MqttListener("dead/#")
    public void deadLetter(Message message) {
        deadLetters.add(message);
    }

    @MqttListener("boiler/{id}/judge")
    public CompletableFuture<Verdict> judge(@TopicVariable String id, Reading reading) {
        return CompletableFuture.supplyAsync(() -> {
            if (reading.celsius() < -273) {
                throw new IllegalArgumentException("impossible: " + reading);
            }
            return new Verdict(id, reading.celsius() > 90);
        });
    }

    @MqttListener(topics = "${count.topic}", group = "counters")
    @SendTo("counted/{what}")
    public int count(@TopicVariable("what") String what, int number) {
        return number + 1;
    }

    @MqttListener("counted/+")
    public void counted(String text) {
        seen.add("counted " + text);
    }

    @MqttListener(
            topics = {"tank/{id}/level", "site/{site}/{id}/level"},
            qos = Qos.EXACTLY_ONCE)
    public void level(
            @TopicVariable int id, Level level, MqttProperties properties, Message message, MqttClient client) {
        seen.add(id + " " + level + " " + properties.get(Property.CONTENT_TYPE) + " "
                + message.qos().level() + " " + client.clientId());
    }

    @MqttListener(topics = "valve/{id}", failurePolicy = "toValves")
    public void valve(byte[] position) {
        throw new IllegalStateException("stuck");
    }

    @MqttListener(topics = "pair/{id}", concurrency = 2)
    public void pair(@TopicVariable String id) throws Exception {
        both.await(20, TimeUnit.SECONDS);
        seen.add("both");
    }

    @Bean
    FailurePolicy toValves() {
        return FailurePolicy.deadLetter("dead/valves");
    }

    @Bean
    PayloadConverter levels() {
        return new PayloadConverter() {
            @Override
            public boolean canRead(Type type, String contentType) {
                return type == Level.class;
            }

            @Override
            public Object read(Message message, Type type) {
                return new Level(Integer.parseInt(message.text().replace("%", "")));
            }

            @Override
            public boolean canWrite(Class<?> type) {
                return type == Level.class;
            }

            @Override
            public byte[] write(Object value) {
                return (((Level) value).percent() + "%").getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public String contentType() {
                return "text/percent";
            }
        };
    }
}
