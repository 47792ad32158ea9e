package io.godwit.simulation;

import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * How many faults a run has, and which: each seed leaves some kinds out and repeats others, so that rare combinations and
 * long series of one kind occur too.
 *
 * @param count of all faults
 * @param weights how often each kind comes, in relation to the others; kinds that are missing don't come
 */
record FaultMix(int count, Map<Fault, Integer> weights) {
    private static final int MOST = 11;
    private static final int HIGHEST_WEIGHT = 8;

    static FaultMix draw(SplittableRandom random, Predicate<Fault> possible) {
        Map<Fault, Integer> weights = new EnumMap<>(Fault.class);
        for (Fault fault : Fault.values()) {
            boolean present = random.nextInt(3) != 0;
            int weight = 1 + random.nextInt(HIGHEST_WEIGHT);
            if (present && possible.test(fault)) {
                weights.put(fault, weight);
            }
        }
        int count = weights.isEmpty() ? 0 : random.nextInt(MOST + 1);
        return new FaultMix(count, weights);
    }

    Fault pick(SplittableRandom random) {
        int sum = weights.values().stream().mapToInt(Integer::intValue).sum();
        int at = random.nextInt(sum);
        for (Map.Entry<Fault, Integer> entry : weights.entrySet()) {
            at -= entry.getValue();
            if (at < 0) {
                return entry.getKey();
            }
        }
        throw new IllegalStateException("the weights have changed");
    }
}
