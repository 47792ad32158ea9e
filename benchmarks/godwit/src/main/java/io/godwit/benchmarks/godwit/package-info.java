/** Godwit itself, through its public API only. */
@NullMarked
package io.godwit.benchmarks.godwit;

import org.jspecify.annotations.NullMarked;
