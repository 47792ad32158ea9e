/**
 * The host that runs device scripts on a desktop: one device or a fleet, in real or virtual time, from the command line
 * or inside a test.
 */
@NullMarked
package io.godwit.nodemcu.lua;

import org.jspecify.annotations.NullMarked;
