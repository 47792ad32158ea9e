/** {@code ./godwit-sim shortage}: a client whose process runs out of file handles, threads or memory. */
@NullMarked
package io.godwit.simulation.shortage;

import org.jspecify.annotations.NullMarked;
