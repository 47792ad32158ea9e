/** What a session keeps: the interface for stores, what survives in them, and the store in memory. */
@NullMarked
package io.godwit.mqtt.client.store;

import org.jspecify.annotations.NullMarked;
