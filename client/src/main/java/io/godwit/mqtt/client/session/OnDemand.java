package io.godwit.mqtt.client.session;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Collections that an idle client does without. Each begins as the JDK's empty one, which all clients share and from which anything
 * can be removed; who adds to it asks here first for one of its own.
 */
public final class OnDemand {
    private static final int FEW = 4;

    private OnDemand() {}

    /** The map, or a new one in place of {@link Collections#emptyMap}. */
    public static <K, V> Map<K, V> own(Map<K, V> map) {
        return map == Collections.emptyMap() ? new LinkedHashMap<>(FEW) : map;
    }

    /** The set, or a new one in place of {@link Collections#emptySet}. */
    public static <T> Set<T> own(Set<T> set) {
        return set == Collections.emptySet() ? new LinkedHashSet<>(FEW) : set;
    }

    /** The list, or a new one in place of {@link Collections#emptyList}. */
    public static <T> List<T> own(List<T> list) {
        return list == Collections.emptyList() ? new ArrayList<>(1) : list;
    }
}
