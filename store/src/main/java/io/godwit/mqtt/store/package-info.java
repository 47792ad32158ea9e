/**
 * Sessions on disk: {@link io.godwit.mqtt.store.DiskStore} keeps what a client must bring back after a crash in a
 * segmented, checksummed log. The format is described in {@code docs/store.md}.
 */
@NullMarked
package io.godwit.mqtt.store;

import org.jspecify.annotations.NullMarked;
