package io.godwit.nodemcu.lua.device;

import io.godwit.nodemcu.Warning;
import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaMachine;
import io.godwit.nodemcu.lua.vm.LuaRef;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One virtual NodeMCU board: a Lua state, a queue of events that it handles one at a time, and what survives a restart
 * (files, RTC memory, hardware). Callbacks are queued and never nested, as on the chip.
 *
 * <p>All devices of a host share the few threads of its {@link DeviceClock}; each device runs on at most one of them at
 * a time. Methods may be called from any thread unless they say otherwise.
 */
public final class Device implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Device.class);

    /** From reset to the first line of {@code init.lua}. */
    private static final Duration BOOT_TIME = Duration.ofMillis(300);
    /** The longest deep sleep, some 12 days; the chips manage a few hours. */
    private static final long MAX_SLEEP_MICROS = 1L << 40;
    /** How many different warnings a device reports; a script that makes them up must not fill the memory. */
    private static final int MAX_WARNINGS = 1000;
    /** A text may quote what the script gave. */
    private static final int WARNING_LENGTH = 500;

    // Set once.
    private final DeviceSettings settings;
    private final DeviceClock clock;
    private final DeviceListener listener;
    private final Flash flash;
    private final VirtualHardware hardware;
    private final Random random;
    private final RtcMemory rtc = new RtcMemory();
    private final Network network;
    private final long bornNanos;
    private final Set<Warning> warned = ConcurrentHashMap.newKeySet(2);

    private final EventQueue events;

    // Device thread only.
    private @Nullable LuaMachine machine;
    private final Map<Class<?>, Object> states = new HashMap<>(8);
    private final List<AutoCloseable> atShutdown = new ArrayList<>(2);
    private int boot;
    private long bootNanos;
    private @Nullable Runnable ending;
    private BootReason bootReason = BootReason.POWER_ON;
    private volatile boolean on;
    private volatile @Nullable LuaError failure;
    private int restarts;

    public Device(DeviceSettings settings, DeviceClock clock, Flash flash, DeviceListener listener) {
        this.settings = settings;
        this.clock = clock;
        this.listener = listener;
        this.flash = flash;
        this.random = new Random(settings.seed() * 0x9E3779B97F4A7C15L + settings.index());
        this.bornNanos = clock.nanoTime();
        this.hardware = new VirtualHardware(this, settings.seed() + settings.index());
        this.network = new Network(this);
        this.events = new EventQueue(
                clock,
                settings.name(),
                this::afterEvent,
                () -> failed(new LuaError("not enough memory: too many events wait")));
    }

    // ---- identity

    public String name() {
        return settings.name();
    }

    public DeviceSettings settings() {
        return settings;
    }

    /** The 24 bits that {@code node.chipid()} reports, different for each device of a fleet and the same in each run. */
    public int chipId() {
        return (0x5C0000 + settings.index() * 0x101 + 0x1A) & 0xFFFFFF;
    }

    /** The station's MAC address, in which the chip id forms the last three bytes as on an ESP8266. */
    public String mac() {
        int id = chipId();
        return String.format(Locale.ROOT, "5c:cf:7f:%02x:%02x:%02x", id >> 16 & 0xFF, id >> 8 & 0xFF, id & 0xFF);
    }

    /** The address that the simulated access point gives to the device. */
    public String ip() {
        int host = settings.index() + 10;
        return "10." + (host >> 16 & 0xFF) + "." + (host >> 8 & 0xFF) + "." + (host & 0xFF);
    }

    public Flash flash() {
        return flash;
    }

    public VirtualHardware hardware() {
        return hardware;
    }

    public Network network() {
        return network;
    }

    public RtcMemory rtc() {
        return rtc;
    }

    public DeviceClock clock() {
        return clock;
    }

    public DeviceListener listener() {
        return listener;
    }

    public Random random() {
        return random;
    }

    // ---- power, from outside: not held up by a delay inside a callback

    /** Switches the device on; a device that is on stays so. */
    public void powerOn() {
        events.postUrgent(() -> {
            if (!on) {
                bootUp(BootReason.POWER_ON);
            }
        });
    }

    /** Cuts the power: sockets are gone without a word, RTC memory is lost. */
    public void powerOff() {
        events.postUrgent(() -> {
            events.resetBusy();
            shutDown();
            rtc.clear();
        });
    }

    /** Presses the reset button: sockets are gone without a word. */
    public void reboot() {
        events.postUrgent(() -> {
            events.resetBusy();
            restart(BootReason.RESET_PIN);
        });
    }

    /** Flashes new files and restarts, unless the device has them already. */
    public void reflash(FlashImage image) {
        events.postUrgent(() -> {
            if (flash.reflash(image)) {
                warn(WarningType.FILES, "the files have changed: restarting");
                events.resetBusy();
                restart(BootReason.POWER_ON);
            }
        });
    }

    /** Pulls the network cable, so to speak: sockets stay open but nothing comes or goes. */
    public void unplugNetwork() {
        events.postUrgent(network::unplug);
    }

    /** Undoes {@link #unplugNetwork}. */
    public void plugNetwork() {
        events.postUrgent(network::plug);
    }

    /** The access point goes out of reach: no traffic, and the script's Wi-Fi events say so. */
    public void loseWifi() {
        accessPoint(false);
    }

    /** The access point is back. */
    public void restoreWifi() {
        accessPoint(true);
    }

    /** The traffic changes at once; the chip and its script notice when they are not busy. */
    private void accessPoint(boolean inReach) {
        events.postUrgent(() -> network.radio(inReach));
        post(() -> network.accessPoint(inReach));
    }

    public boolean isOn() {
        return on;
    }

    /** The last error that no {@code pcall} caught, or null. */
    public @Nullable LuaError failure() {
        return failure;
    }

    /** Takes the last error, so that only later ones are seen. */
    public @Nullable LuaError takeFailure() {
        LuaError taken = failure;
        failure = null;
        return taken;
    }

    // ---- events

    /** Queues work for the device, on or off. */
    public void post(Runnable work) {
        events.post(work);
    }

    /** Queues work that is dropped when the device has restarted before its turn. Thread of the device only. */
    public void later(Runnable work) {
        post(inThisBoot(work));
    }

    /**
     * Queues work that keeps bytes of the script until its turn. Thread of the device only.
     *
     * @throws LuaError if the device would be over its memory limit
     */
    public void later(long bytes, Runnable work) {
        LuaMachine holder = requireMachine();
        holder.reserve(bytes);
        later(() -> {
            holder.release(bytes);
            work.run();
        });
    }

    /** Wraps work so that it does nothing once the device has restarted. Thread of the device only. */
    public Runnable inThisBoot(Runnable work) {
        int scope = boot;
        return () -> {
            if (on && boot == scope) {
                work.run();
            }
        };
    }

    /** Queues work after a time; dropped at restart. Thread of the device only. */
    public DeviceClock.Alarm after(long delayNanos, Runnable work) {
        Runnable scoped = inThisBoot(work);
        long lag = Math.max(0, events.busyUntil() - clock.nanoTime());
        return clock.schedule(() -> post(scoped), delayNanos + lag);
    }

    /** Ends this boot if the event before asked for that. */
    private void afterEvent() {
        Runnable end = ending;
        if (end != null) {
            ending = null;
            end.run();
        }
    }

    /** Nanoseconds of real time for which the running event has been running, or 0. */
    public long busyNanos() {
        return events.busyNanos();
    }

    /**
     * Gives up waiting for the running event, which is stuck: the device handles no more events until that one returns, and
     * then restarts.
     *
     * @return whether the device was running an event and is now given up
     */
    public boolean giveUp() {
        boolean stuck = events.giveUp(() -> {
            clock.removeThread();
            failed(new LuaError("watchdog: the callback held its thread too long"));
        });
        if (stuck) {
            clock.addThread();
            LOG.error(
                    "device {} has not returned from {} for {} s: it is stopped, and another thread serves its neighbours",
                    name(),
                    settings.script(),
                    busyNanos() / 1_000_000_000L);
        }
        return stuck;
    }

    // ---- life. Thread of the device only from here on.

    private void bootUp(BootReason reason) {
        boot++;
        on = true;
        bootReason = reason;
        bootNanos = clock.nanoTime();
        events.resetBusy();
        machine = new LuaMachine(
                this,
                new LuaMachine.Environment(settings.modules(), this::print, this::source, random, settings.used()),
                settings.limits());
        listener.booted(this, reason);
        network.bootUp();
        later(this::runStartScript);
    }

    private void runStartScript() {
        byte[] source = source(settings.script());
        if (source == null) {
            print(("lua: cannot open " + settings.script()).getBytes(StandardCharsets.US_ASCII));
            return;
        }
        guarded(() -> requireMachine().run(source, "@" + settings.script()));
    }

    private byte @Nullable [] source(String name) {
        return flash.read(name);
    }

    private void shutDown() {
        network.cut();
        on = false;
        boot++;
        for (AutoCloseable state : atShutdown) {
            try {
                state.close();
            } catch (Exception e) {
                LOG.warn("a module of device {} did not close", name(), e);
            }
        }
        atShutdown.clear();
        states.clear();
        network.shutDown();
        hardware.rebooted();
        if (machine != null) {
            machine.close();
            machine = null;
        }
    }

    /** Restarts between two events: sockets are gone without a word, a fresh Lua state, the same files. */
    public void restart(BootReason reason) {
        endBoot(() -> {
            shutDown();
            restarts++;
            int scope = boot;
            clock.schedule(
                    () -> post(() -> {
                        if (!on && boot == scope) {
                            bootUp(reason);
                        }
                    }),
                    BOOT_TIME.toNanos());
        });
    }

    /** Sleeps and then boots; a time of zero sleeps until the reset pin is pulled. */
    public void sleep(long micros) {
        long nanos = Math.min(micros, MAX_SLEEP_MICROS) * 1000;
        endBoot(() -> {
            shutDown();
            int scope = boot;
            if (nanos > 0) {
                clock.schedule(
                        () -> post(() -> {
                            if (!on && boot == scope) {
                                bootUp(BootReason.DEEP_SLEEP);
                            }
                        }),
                        nanos + BOOT_TIME.toNanos());
            }
        });
    }

    /** Ends this boot after the running event; what the script still does in it is cut short. */
    private void endBoot(Runnable end) {
        if (machine == null) {
            end.run();
            return;
        }
        ending = end;
        machine.endRunningCall();
    }

    /** Whether the running event is the last of this boot: its error is how it was ended, not the script's. */
    private boolean isEnding() {
        return ending != null;
    }

    /** Calls a function of the script; an error that comes out is handled as the chip would. */
    public void call(LuaRef function, @Nullable Object... arguments) {
        if (machine != null && !isEnding()) {
            guarded(() -> requireMachine().call(function, arguments));
        }
    }

    /**
     * Runs input of the interactive prompt.
     *
     * @param result receives what it evaluates to, the error's traceback, or null if the input goes on in the next line
     */
    public void evaluate(String input, Consumer<@Nullable String> result) {
        post(() -> {
            LuaMachine running = machine;
            if (running == null) {
                result.accept("the device is off");
                return;
            }
            if (running.isIncomplete(input)) {
                result.accept(null);
                return;
            }
            try {
                result.accept(running.evaluate(input));
            } catch (LuaError error) {
                result.accept(isEnding() ? "" : error.traceback());
            }
        });
    }

    private void guarded(Runnable work) {
        long begin = System.nanoTime();
        try {
            work.run();
        } catch (LuaError error) {
            if (!isEnding()) {
                failed(error);
            }
        }
        listener.called(this, System.nanoTime() - begin);
    }

    private void failed(LuaError error) {
        failure = error;
        listener.failed(this, error);
        states.values().stream()
                .filter(ErrorHook.class::isInstance)
                .map(ErrorHook.class::cast)
                .findFirst()
                .filter(hook -> hook.handles(error))
                .ifPresentOrElse(hook -> {}, () -> afterFailure(error));
    }

    private void afterFailure(LuaError error) {
        switch (settings.onError()) {
            case RESTART -> restart(error.getMessage().contains("watchdog:") ? BootReason.WATCHDOG : BootReason.PANIC);
            case STOP, FAIL -> endBoot(this::shutDown);
            case IGNORE -> {}
        }
    }

    // ---- for modules

    /** What a module keeps for this boot; created when first asked for, closed at restart if it can be. */
    public <T> T state(Class<T> type, Function<Device, T> create) {
        Object state = states.get(type);
        if (state == null) {
            state = create.apply(this);
            states.put(type, state);
            if (state instanceof AutoCloseable closeable) {
                atShutdown.add(closeable);
            }
        }
        return type.cast(state);
    }

    /** The state of a module if the script has used it in this boot. */
    public <T> @Nullable T stateIfAny(Class<T> type) {
        return type.cast(states.get(type));
    }

    public @Nullable LuaMachine machine() {
        return machine;
    }

    public LuaMachine requireMachine() {
        if (machine == null) {
            throw new IllegalStateException("device " + name() + " is off");
        }
        return machine;
    }

    /** Device time, including what {@code tmr.delay} has let pass inside the running callback. */
    public long nanoTime() {
        return Math.max(clock.nanoTime(), events.busyUntil());
    }

    public long uptimeNanos() {
        return nanoTime() - bootNanos;
    }

    /** Device time since the device was made, through all restarts: what scenarios count in. */
    public long ageNanos() {
        return nanoTime() - bornNanos;
    }

    public Instant date() {
        return clock.date().plusNanos(Math.max(0, events.busyUntil() - clock.nanoTime()));
    }

    /** Lets time pass inside a callback, as a busy loop on the chip would, without holding a thread. */
    public void spend(long nanos) {
        events.busyUntil(nanoTime() + nanos);
    }

    public BootReason bootReason() {
        return bootReason;
    }

    public int restarts() {
        return restarts;
    }

    /** A line for whoever watches the device's serial port. */
    public void print(byte[] line) {
        OutputHook hook = outputHook;
        if (hook == null || hook.output(line)) {
            listener.printed(this, line);
        }
    }

    /** The beginning of a line that was written to the serial port without its end. */
    public void printPart(byte[] part) {
        if (outputHook == null) {
            listener.printedPart(this, part);
        } else {
            print(part);
        }
    }

    private @Nullable OutputHook outputHook;

    /** Redirects output for this boot; null ends that. */
    public void outputHook(@Nullable OutputHook hook) {
        this.outputHook = hook;
        if (hook != null) {
            atShutdown.add(() -> outputHook = null);
        }
    }

    /** Reports a warning, such as "an ESP32 would lose this callback": each text once, through all restarts. */
    public void warn(WarningType type, String text) {
        warn(new Warning(type, text.length() <= WARNING_LENGTH ? text : text.substring(0, WARNING_LENGTH) + " ..."));
    }

    public void warn(Warning warning) {
        WarningPolicy policy = settings.option(WarningPolicy.class, WarningPolicy.DEFAULT);
        if (policy.disabled().contains(warning.type()) || warned.size() >= MAX_WARNINGS || !warned.add(warning)) {
            return;
        }
        if (policy.errors().contains(warning.type())) {
            LuaError error = new LuaError(warning.toString());
            failure = error;
            listener.failed(this, error);
        } else {
            listener.warned(this, warning);
        }
    }

    /** Switches off for good and waits for the event in hand. Not from the device's own thread. */
    @Override
    public void close() {
        boolean virtual = clock instanceof VirtualClock;
        if (!events.close(virtual ? Duration.ZERO : Duration.ofSeconds(5))) {
            LOG.warn("device {} did not end its callback within 5 s and is left as it is", name());
            return;
        }
        shutDown();
    }
}
