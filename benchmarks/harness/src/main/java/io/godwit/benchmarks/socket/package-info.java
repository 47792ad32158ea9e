/** The floor: a plain socket and bytes made beforehand. */
@NullMarked
package io.godwit.benchmarks.socket;

import org.jspecify.annotations.NullMarked;
