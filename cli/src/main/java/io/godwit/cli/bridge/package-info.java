/** {@code bridge}: forwards messages between two brokers. */
@NullMarked
package io.godwit.cli.bridge;

import org.jspecify.annotations.NullMarked;
