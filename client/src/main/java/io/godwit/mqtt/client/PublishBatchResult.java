package io.godwit.mqtt.client;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How the messages of a {@linkplain MqttClient#publishAll batch} ended. Indexes are those of the list that was published, from 0.
 *
 * @param size messages in the batch
 * @param failures of those that have failed, by index: what {@link MqttClient#publish publish} would have thrown for them
 * @param answers of those that succeeded and for which the broker said more than that, by index, as MQTT 5 can
 */
public record PublishBatchResult(
        int size, SortedMap<Integer, MqttException> failures, SortedMap<Integer, PublishResult> answers) {
    /** @throws IndexOutOfBoundsException if an index is not below {@code size} */
    public PublishBatchResult {
        failures = copied(failures, size);
        answers = copied(answers, size);
    }

    private static <V> SortedMap<Integer, V> copied(Map<Integer, V> given, int size) {
        if (given.isEmpty()) {
            return Collections.emptySortedMap();
        }
        SortedMap<Integer, V> copy = new TreeMap<>(given);
        Objects.checkIndex(copy.firstKey(), size);
        Objects.checkIndex(copy.lastKey(), size);
        return Collections.unmodifiableSortedMap(copy);
    }

    /** A batch of which each message has succeeded plainly. */
    public static PublishBatchResult success(int size) {
        return new PublishBatchResult(size, Collections.emptySortedMap(), Collections.emptySortedMap());
    }

    /** Whether no message has failed. */
    public boolean isSuccess() {
        return failures.isEmpty();
    }

    /**
     * What {@link MqttClient#publish publish} would have returned for the message at this index.
     *
     * @throws MqttException what it would have thrown
     * @throws IndexOutOfBoundsException unless 0 to {@code size} - 1
     */
    public PublishResult get(int index) {
        MqttException failure = failures.get(Objects.checkIndex(index, size));
        if (failure != null) {
            throw failure;
        }
        return answers.getOrDefault(index, PublishResult.SUCCESS);
    }

    /**
     * Returns this if each message has succeeded.
     *
     * @throws MqttException the failure of the first message that has failed; {@link #failures} has all
     */
    public PublishBatchResult orThrow() {
        if (!failures.isEmpty()) {
            throw failures.get(failures.firstKey());
        }
        return this;
    }
}
