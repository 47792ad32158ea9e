/** {@code godwit top}: the topic tree in a terminal. */
@NullMarked
package io.godwit.cli.top;

import org.jspecify.annotations.NullMarked;
