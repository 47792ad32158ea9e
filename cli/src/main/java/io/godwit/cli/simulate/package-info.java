/** Simulated devices without a script: what a fleet's file says, and the devices that do it. */
@NullMarked
package io.godwit.cli.simulate;

import org.jspecify.annotations.NullMarked;
