/**
 * Real Lua 5.1 for one device: a state that cannot leave its sandbox, byte strings in both directions, and the limits
 * that keep a hostile script from harming the JVM. Knows nothing of devices, modules or MQTT.
 */
@NullMarked
package io.godwit.nodemcu.lua.vm;

import org.jspecify.annotations.NullMarked;
