/** Checks a connection to a broker step by step, names the step that fails and what to try. */
@NullMarked
package io.godwit.cli.doctor;

import org.jspecify.annotations.NullMarked;
