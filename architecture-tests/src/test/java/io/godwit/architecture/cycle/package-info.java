/** Classes for {@code ClassCyclesTest}. */
@NullMarked
package io.godwit.architecture.cycle;

import org.jspecify.annotations.NullMarked;
