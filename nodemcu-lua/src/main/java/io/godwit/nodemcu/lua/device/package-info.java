/**
 * A NodeMCU device on the desktop: its life (boot, restart, sleep), its queue of events, its clock, its flash and the
 * simulated hardware it is wired to. Knows no module: those come from outside by name.
 */
@NullMarked
package io.godwit.nodemcu.lua.device;

import org.jspecify.annotations.NullMarked;
