/** The command line, tried as processes. */
@NullMarked
package io.godwit.cli;

import org.jspecify.annotations.NullMarked;
