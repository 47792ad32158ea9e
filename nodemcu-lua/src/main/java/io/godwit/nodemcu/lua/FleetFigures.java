package io.godwit.nodemcu.lua;

import io.godwit.nodemcu.lua.device.BootReason;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceListener;
import io.godwit.nodemcu.lua.vm.LuaError;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counts what a fleet does; read from any thread. */
public final class FleetFigures implements DeviceListener {

    private final AtomicInteger connected = new AtomicInteger();
    private final LongAdder published = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final LongAdder boots = new LongAdder();
    private final LongAdder callbacks = new LongAdder();
    private final LongAdder callbackNanos = new LongAdder();
    private final AtomicLong slowestNanos = new AtomicLong();

    /**
     * The figures at one moment.
     *
     * @param connected devices with a connection to a broker
     * @param errors that no script caught
     * @param boots restarts and wake-ups included
     * @param callbacks calls from the host into Lua, with the real time they took in all and at most
     */
    public record Snapshot(
            int connected,
            long published,
            long received,
            long errors,
            long boots,
            long callbacks,
            long callbackNanos,
            long slowestNanos) {}

    public Snapshot snapshot() {
        return new Snapshot(
                connected.get(),
                published.sum(),
                received.sum(),
                errors.sum(),
                boots.sum(),
                callbacks.sum(),
                callbackNanos.sum(),
                slowestNanos.get());
    }

    @Override
    public void traffic(Device device, Traffic traffic) {
        switch (traffic) {
            case CONNECTED -> connected.incrementAndGet();
            case DISCONNECTED -> connected.decrementAndGet();
            case PUBLISHED -> published.increment();
            case RECEIVED -> received.increment();
        }
    }

    @Override
    public void failed(Device device, LuaError error) {
        errors.increment();
    }

    @Override
    public void booted(Device device, BootReason reason) {
        boots.increment();
    }

    @Override
    public void called(Device device, long nanos) {
        callbacks.increment();
        callbackNanos.add(nanos);
        slowestNanos.accumulateAndGet(nanos, Math::max);
    }
}
