package io.godwit.nodemcu.lua.device;

import io.godwit.nodemcu.Warning;
import io.godwit.nodemcu.lua.vm.LuaError;

/** What can be seen of a device from outside. Called on the thread that runs the device; must return soon. */
public interface DeviceListener {

    /** A line of {@code print}, or what was written to the serial port, as bytes. */
    default void printed(Device device, byte[] line) {}

    /**
     * The beginning of a line that a script wrote to the serial port without an end; the rest comes with the next call of
     * this method or of {@link #printed}. Printed as a line of its own unless the listener does better.
     */
    default void printedPart(Device device, byte[] part) {
        printed(device, part);
    }

    /** A warning, once per line of the script and run: chiefly where the real device would behave differently. */
    default void warned(Device device, Warning warning) {}

    /** An error that no {@code pcall} caught. */
    default void failed(Device device, LuaError error) {}

    /** A boot, before the first line of the script. */
    default void booted(Device device, BootReason reason) {}

    /** Something happened between the device and a broker. */
    default void traffic(Device device, Traffic traffic) {}

    /** What can happen between a device and a broker. */
    enum Traffic {
        CONNECTED,
        DISCONNECTED,
        PUBLISHED,
        RECEIVED
    }

    /** A callback has ended after {@code nanos} of real time. */
    default void called(Device device, long nanos) {}
}
