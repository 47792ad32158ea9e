/** Walks the road to a broker step by step, and says at which one it breaks and what to try. */
@NullMarked
package io.godwit.cli.doctor;

import org.jspecify.annotations.NullMarked;
