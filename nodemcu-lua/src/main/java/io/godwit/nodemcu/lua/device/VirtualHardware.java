package io.godwit.nodemcu.lua.device;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a device is wired to: simulated sensors to set, pins to watch and to drive, a serial port to talk to, and a record
 * of what the device did to the hardware. Survives restarts. Any thread may call.
 *
 * <p>{@link SensorNames} lists the names of sensors.
 */
public final class VirtualHardware {

    /** How many entries of the record a device keeps unless told otherwise. */
    private static final int DEFAULT_RECORD = 64;
    /** The longest detail that is kept. */
    private static final int DETAIL = 16 * 1024;

    private final Device device;
    private final long seed;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock. Made when first needed: most devices of a fleet need few of them.
    private @Nullable Map<String, Signal> sensors;
    private @Nullable Set<String> detached;
    private @Nullable Map<Integer, Pin> pins;
    private @Nullable Map<Integer, I2cChip> chips;
    private @Nullable Map<Integer, UnaryOperator<byte[]>> spiChips;
    private @Nullable ArrayDeque<Action> record;
    private @Nullable Consumer<byte[]> serialPort;
    private @Nullable ArrayDeque<byte[]> serialWaiting;
    private int recordLimit = DEFAULT_RECORD;

    VirtualHardware(Device device, long seed) {
        this.device = device;
        this.seed = seed;
    }

    /**
     * Something that the device did to its hardware.
     *
     * @param nanos device time since the device was made
     * @param what the hardware: {@code gpio.4}, {@code pwm.2}, {@code ws2812}, {@code i2c.3c}, {@code uart.0}, ...
     * @param detail the level, the duty, the bytes as text
     */
    public record Action(long nanos, String what, String detail) {}

    /** A chip on the I2C bus: called on the device's thread. */
    public interface I2cChip {
        void written(byte[] bytes);

        byte[] read(int count);

        /** A chip with 256 registers: the first byte written selects one, the next ones go into it and its followers. */
        static I2cChip registers(byte[] registers) {
            return new I2cChip() {
                private int at;

                @Override
                public void written(byte[] bytes) {
                    if (bytes.length > 0) {
                        at = bytes[0] & 0xFF;
                    }
                    for (int i = 1; i < bytes.length; i++) {
                        registers[at++ % registers.length] = bytes[i];
                    }
                }

                @Override
                public byte[] read(int count) {
                    byte[] bytes = new byte[count];
                    for (int i = 0; i < count; i++) {
                        bytes[i] = registers[at++ % registers.length];
                    }
                    return bytes;
                }
            };
        }
    }

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    // ---- sensors

    /**
     * Sets what a sensor measures from now on, and attaches it.
     *
     * @throws IllegalArgumentException if no module reads a sensor of that name
     */
    public VirtualHardware set(String sensor, double value) {
        return set(sensor, Signal.constant(value));
    }

    /** As {@link #set(String, double)}, with a reading that changes over time. */
    public VirtualHardware set(String sensor, Signal signal) {
        String name = SensorNames.check(sensor);
        return locked(() -> {
            if (sensors == null) {
                sensors = new HashMap<>(4);
            }
            sensors.put(name, signal);
            if (detached != null) {
                detached.removeIf(part -> isPart(name, part) && !part.isEmpty());
            }
            return this;
        });
    }

    /**
     * Takes a sensor away: a module that asks for it gets no answer, as on a board without that sensor.
     *
     * @param sensor a sensor, a part with several ({@code dht.4}, {@code bme280}, {@code ow}), or an empty text for all
     *     that nothing sets
     * @throws IllegalArgumentException if no module reads a sensor of that name
     */
    public VirtualHardware detach(String sensor) {
        String name = sensor.isEmpty() || SensorNames.isGroup(sensor) ? sensor : SensorNames.check(sensor);
        return locked(() -> {
            if (detached == null) {
                detached = new HashSet<>(2);
            }
            detached.add(name);
            if (sensors != null && !name.isEmpty()) {
                sensors.keySet().removeIf(other -> isPart(other, name));
            }
            return this;
        });
    }

    private static boolean isPart(String sensor, String part) {
        return part.isEmpty() || sensor.equals(part) || sensor.startsWith(part + ".");
    }

    /** Whether a test or scenario has set the sensor. */
    public boolean has(String sensor) {
        return locked(() -> sensors != null && sensors.containsKey(sensor));
    }

    /** Whether the sensor was taken away and not set again. */
    public boolean isDetached(String sensor) {
        return locked(() -> detached != null
                && (sensors == null || !sensors.containsKey(sensor))
                && detached.stream().anyMatch(part -> isPart(sensor, part)));
    }

    /** What a sensor measures now: {@code absent} while nothing sets it, NaN while it is detached. */
    public double read(String sensor, double absent) {
        return locked(() -> {
            Signal signal = sensors == null ? null : sensors.get(sensor);
            if (signal == null) {
                return isDetached(sensor) ? Double.NaN : absent;
            }
            return signal.at(device.ageNanos() / 1e9);
        });
    }

    /** The rest of the names of sensors that begin with {@code prefix}, in order. */
    public List<String> sensors(String prefix) {
        return locked(() -> {
            TreeSet<String> names = new TreeSet<>();
            if (sensors != null) {
                sensors.keySet().stream()
                        .filter(name -> name.startsWith(prefix))
                        .forEach(name -> names.add(name.substring(prefix.length())));
            }
            return List.copyOf(names);
        });
    }

    long seed() {
        return seed;
    }

    // ---- pins

    /** A pin by the number that the script uses. */
    public Pin gpio(int number) {
        return locked(() -> {
            if (pins == null) {
                pins = new HashMap<>(4);
            }
            return pins.computeIfAbsent(number, Pin::new);
        });
    }

    /** Detaches what the script of the last boot had attached. */
    void rebooted() {
        lock.lock();
        try {
            if (pins != null) {
                pins.values().forEach(pin -> pin.edge = null);
            }
            serialPort = null;
        } finally {
            lock.unlock();
        }
    }

    /** One pin of the board. */
    public final class Pin {
        private final int number;
        // Guarded by the hardware's lock.
        private int level = 1;
        private boolean output;
        private @Nullable EdgeListener edge;

        Pin(int number) {
            this.number = number;
        }

        /** 0 or 1: what a meter on the pin would show. */
        public int level() {
            return locked(() -> level);
        }

        public boolean isOutput() {
            return locked(() -> output);
        }

        /** Drives the pin from outside; the script's trigger fires if the level changes. */
        public void drive(int newLevel) {
            EdgeListener listener;
            lock.lock();
            try {
                if (level == newLevel) {
                    return;
                }
                level = newLevel;
                listener = edge;
            } finally {
                lock.unlock();
            }
            if (listener != null) {
                listener.changed(newLevel, device.nanoTime());
            }
        }

        /** Presses a button between the pin and ground for a time of the device. */
        public void press(Duration time) {
            drive(0);
            device.clock().schedule(() -> drive(1), time.toNanos());
        }

        /** For the gpio module: the script drives the pin. */
        public void write(int newLevel) {
            locked(() -> {
                output = true;
                level = newLevel;
                return this;
            });
            did("gpio." + number, String.valueOf(newLevel));
        }

        /** For the gpio module. */
        public void mode(boolean isOutput) {
            locked(() -> {
                output = isOutput;
                return this;
            });
        }

        /** For the gpio module: takes the edges; null for nobody. Called on the thread that drives the pin. */
        public void onEdge(@Nullable EdgeListener listener) {
            locked(() -> {
                edge = listener;
                return this;
            });
        }
    }

    /** Follows the level of a pin. */
    @FunctionalInterface
    public interface EdgeListener {
        void changed(int level, long nanos);
    }

    // ---- buses

    /** Attaches a chip to the I2C bus. */
    public VirtualHardware i2c(int address, I2cChip chip) {
        return locked(() -> {
            if (chips == null) {
                chips = new HashMap<>(2);
            }
            chips.put(address, chip);
            return this;
        });
    }

    public @Nullable I2cChip i2c(int address) {
        lock.lock();
        try {
            return chips == null ? null : chips.get(address);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Attaches a chip to an SPI bus: it gets the bytes that the script sends and returns those that come back meanwhile.
     * Called on the thread of the device.
     */
    public VirtualHardware spi(int bus, UnaryOperator<byte[]> chip) {
        return locked(() -> {
            if (spiChips == null) {
                spiChips = new HashMap<>(1);
            }
            spiChips.put(bus, chip);
            return this;
        });
    }

    /** For the spi module: what the chip on a bus answers, or null without one. */
    public byte @Nullable [] exchangeSpi(int bus, byte[] sent) {
        UnaryOperator<byte[]> chip;
        lock.lock();
        try {
            chip = spiChips == null ? null : spiChips.get(bus);
        } finally {
            lock.unlock();
        }
        return chip == null ? null : chip.apply(sent);
    }

    /** Types into the serial port; what arrives before the script listens waits for it. */
    public void serial(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Consumer<byte[]> port;
        lock.lock();
        try {
            port = serialPort;
            if (port == null) {
                if (serialWaiting == null) {
                    serialWaiting = new ArrayDeque<>(2);
                }
                serialWaiting.add(bytes);
                return;
            }
        } finally {
            lock.unlock();
        }
        port.accept(bytes);
    }

    /** For the uart module: who gets the bytes. */
    public void onSerial(@Nullable Consumer<byte[]> port) {
        List<byte[]> waiting = new ArrayList<>();
        lock.lock();
        try {
            serialPort = port;
            if (port != null && serialWaiting != null) {
                waiting.addAll(serialWaiting);
                serialWaiting = null;
            }
        } finally {
            lock.unlock();
        }
        if (port != null) {
            waiting.forEach(port);
        }
    }

    // ---- the record

    /** How many actions are kept; 0 keeps none. */
    public VirtualHardware keep(int actions) {
        return locked(() -> {
            recordLimit = actions;
            return this;
        });
    }

    /** For modules: notes what the script did. */
    public void did(String what, String detail) {
        lock.lock();
        try {
            if (recordLimit == 0) {
                return;
            }
            if (record == null) {
                record = new ArrayDeque<>(4);
            }
            while (record.size() >= recordLimit) {
                record.poll();
            }
            String kept = detail.length() <= DETAIL ? detail : detail.substring(0, DETAIL) + " ...";
            record.add(new Action(device.ageNanos(), what, kept));
        } finally {
            lock.unlock();
        }
    }

    /** The actions kept, oldest first. */
    public List<Action> record() {
        return locked(() -> record == null ? List.of() : List.copyOf(record));
    }

    /** The details of the actions on one piece of hardware, oldest first. */
    public List<String> record(String what) {
        return record(action -> action.what().equals(what)).stream()
                .map(Action::detail)
                .toList();
    }

    public List<Action> record(Predicate<Action> filter) {
        return record().stream().filter(filter).toList();
    }
}
