package io.godwit.interop.kafka;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What can go wrong, and how often compared with the others. */
enum Fault {
    CUT("connections to the MQTT broker closed", 5),
    RESET("connections to the MQTT broker reset", 4),
    SILENCE("connections silent for 4 s", 3),
    REFUSED("connections refused for 2 s", 3),
    KILL_WORKER("worker killed (SIGKILL), started again", 5),
    THIRD_WORKER("third worker added or removed: rebalance", 3),
    RESTART_BROKER("MQTT broker restarted", 4),
    RESTART_KAFKA("Kafka stopped (SIGTERM), started again", 1),
    KILL_KAFKA("Kafka killed (SIGKILL), started again", 1);

    final String text;
    private final int weight;

    Fault(String text, int weight) {
        this.text = text;
        this.weight = weight;
    }

    /** So many faults in random order: first each of them once, then by their weights. */
    static List<Fault> deal(int count, Random random) {
        List<Fault> dealt = new ArrayList<>(List.of(values()));
        Collections.shuffle(dealt, random);
        while (dealt.size() < count) {
            List<Fault> more = new ArrayList<>();
            for (Fault fault : values()) {
                more.addAll(Collections.nCopies(fault.weight, fault));
            }
            Collections.shuffle(more, random);
            dealt.addAll(more);
        }
        return dealt.subList(0, count);
    }
}
