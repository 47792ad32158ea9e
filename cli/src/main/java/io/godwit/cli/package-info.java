/** The {@code godwit} command. */
@NullMarked
package io.godwit.cli;

import org.jspecify.annotations.NullMarked;
