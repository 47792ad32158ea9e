package io.godwit.spring.application;

import io.godwit.mqtt.protocol.Message;
import io.godwit.spring.MqttListener;
import io.godwit.spring.SendTo;
import io.godwit.spring.TopicVariable;
import io.godwit.spring.UserProperty;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The application under test: readings of boilers, some of which are not what they should be. */
@SpringBootApplication
public class Readings {
    /** What a boiler reports. */
    public record Reading(double celsius) {}

    /** What the application answers. */
    public record Verdict(String boiler, boolean hot) {}

    public final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    public final BlockingQueue<Message> deadLetters = new LinkedBlockingQueue<>();

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
        return CompletableFuture.supplyAsync(() -> new Verdict(id, reading.celsius() > 90));
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
}
