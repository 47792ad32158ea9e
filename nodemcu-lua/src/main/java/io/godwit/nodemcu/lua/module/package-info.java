/**
 * The modules of the firmware, one class each: real where a desktop can be real, simulated where there is hardware.
 * Each is a {@link io.godwit.nodemcu.lua.vm.LuaLibrary} shared by all devices; what a module keeps for one device lives
 * in that device.
 */
@NullMarked
package io.godwit.nodemcu.lua.module;

import org.jspecify.annotations.NullMarked;
