package io.godwit.architecture.cycle;

import org.jspecify.annotations.Nullable;

/** The other half, by way of a nested class. */
final class Egg {
    private final Parents parents = new Parents(null);

    Parents parents() {
        return parents;
    }

    record Parents(@Nullable Chicken mother) {}
}
