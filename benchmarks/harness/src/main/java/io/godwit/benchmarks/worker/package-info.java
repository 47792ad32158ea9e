/** One run in a fresh JVM: one contender, one scenario, one line of figures. */
@NullMarked
package io.godwit.benchmarks.worker;

import org.jspecify.annotations.NullMarked;
