/** Subscriptions as {@link java.util.concurrent.Flow} publishers. */
@NullMarked
package io.godwit.streams;

import org.jspecify.annotations.NullMarked;
