package io.godwit.mqtt.store;

import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a store was built with. */
record StoreSettings(
        Path folder,
        Durability durability,
        int segmentSize,
        long limit,
        Consumer<RecoveryReport> onRecovery,
        Disk disk,
        @Nullable Executor executor) {}
