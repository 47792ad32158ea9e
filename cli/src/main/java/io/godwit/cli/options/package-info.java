/** How a command says where to connect, and as whom. */
@NullMarked
package io.godwit.cli.options;

import org.jspecify.annotations.NullMarked;
