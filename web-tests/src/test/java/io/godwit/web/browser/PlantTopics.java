package io.godwit.web.browser;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** A small plant, as the pictures of the documentation show it. */
final class PlantTopics {
    private static final List<String> MACHINES = List.of("conveyor", "oven", "press", "robot");
    private static final List<String> ROOMS = List.of("bath", "hall", "kitchen", "office");

    private PlantTopics() {}

    /** Publishes a few rounds. */
    static void publish(RunningPage page) {
        for (int round = 0; round < 40; round++) {
            publish(page, round);
        }
        page.client().publish(Message.of("plant/line-1/fence", "done").withQos(Qos.AT_LEAST_ONCE));
    }

    /** Publishes one round; the values depend on its number only. */
    static void publish(RunningPage page, int round) {
        for (int line = 1; line <= 3; line++) {
            for (String machine : MACHINES) {
                int shift = line * 7 + MACHINES.indexOf(machine) * 3;
                double angle = (round + shift) / 15.0;
                double wave = Math.sin(angle);
                send(
                        page,
                        Message.of(
                                        "plant/line-" + line + "/" + machine + "/temperature",
                                        number(60 + line * 5 + 8 * wave))
                                .withRetain(true));
                send(page, state("line-" + line + "/" + machine, angle, round));
            }
        }
        String room = ROOMS.get(round % ROOMS.size());
        send(
                page,
                Message.of("home/" + room + "/humidity", number(48 + 6 * Math.sin(round / 5.0)))
                        .withRetain(true));
        send(page, Message.of("home/" + room + "/light", round % 3 == 0 ? "on" : "off"));
        for (int truck = 1; truck <= 12; truck++) {
            send(
                    page,
                    Message.of(
                            "fleet/truck-" + truck + "/position",
                            "{\"lat\":%s,\"lon\":%s,\"speed\":%d}"
                                    .formatted(
                                            number(52 + truck / 10.0),
                                            number(13 + round / 50.0),
                                            40 + (round + truck) % 30)));
        }
    }

    private static Message state(String machine, double angle, int round) {
        double wave = Math.sin(angle);
        String payload =
                "{\"state\":\"%s\",\"speed\":%d,\"torque\":%s,\"alarm\":null,\"position\":{\"x\":%s,\"y\":%s},\"serial\":12345678901234567890}"
                        .formatted(
                                round % 11 == 0 ? "idle" : "running",
                                Math.round(1200 + 200 * wave),
                                number(12.5 + wave),
                                number(50 + 40 * wave),
                                number(50 + 25 * Math.cos(angle)));
        return Message.of("plant/" + machine + "/state", payload)
                .withContentType("application/json")
                .withExpiry(Duration.ofMinutes(10))
                .withUserProperty("site", "north")
                .withUserProperty("shift", "late");
    }

    private static void send(RunningPage page, Message message) {
        page.client().publishAsync(message);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
