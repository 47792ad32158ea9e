package io.godwit.mqtt.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OnDemandTest {
    @Test
    void anything_can_be_removed_from_the_shared_ones() {
        Map<String, String> map = Collections.emptyMap();
        Set<String> set = Collections.emptySet();
        List<String> list = Collections.emptyList();

        assertThat(map.remove("key")).isNull();
        map.clear();
        assertThat(set.remove("element")).isFalse();
        assertThat(set.removeIf(element -> true)).isFalse();
        set.clear();
        set.addAll(List.of());
        assertThat(list.removeIf(element -> true)).isFalse();
    }

    @Test
    void each_who_adds_gets_one_of_its_own() {
        Map<String, String> map = OnDemand.own(Collections.emptyMap());
        map.put("key", "value");
        Set<String> set = OnDemand.own(Collections.emptySet());
        set.add("element");
        List<String> list = OnDemand.own(Collections.emptyList());
        list.add("element");

        assertThat(OnDemand.own(map)).isSameAs(map);
        assertThat(OnDemand.own(set)).isSameAs(set);
        assertThat(OnDemand.own(list)).isSameAs(list);
        assertThat(OnDemand.own(Collections.<String>emptyList())).isEmpty();
    }

    @Test
    void a_queue_of_its_own_is_kept() {
        SendQueue queue = SendQueue.NONE.own();

        assertThat(queue).isNotSameAs(SendQueue.NONE);
        assertThat(queue.own()).isSameAs(queue);
    }
}
