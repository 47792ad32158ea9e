package io.godwit.nodemcu.lua;

import io.godwit.mqtt.broker.LocalBroker;
import io.godwit.mqtt.broker.MqttBroker;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.engine.TransportAccess;
import io.godwit.nodemcu.MqttSettings;
import io.godwit.nodemcu.Warning;
import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.device.BootReason;
import io.godwit.nodemcu.lua.device.BrokerLogin;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceClock;
import io.godwit.nodemcu.lua.device.DeviceListener;
import io.godwit.nodemcu.lua.device.DeviceSettings;
import io.godwit.nodemcu.lua.device.Flash;
import io.godwit.nodemcu.lua.device.FlashImage;
import io.godwit.nodemcu.lua.device.HostMap;
import io.godwit.nodemcu.lua.device.RealClock;
import io.godwit.nodemcu.lua.device.Scenario;
import io.godwit.nodemcu.lua.device.VirtualClock;
import io.godwit.nodemcu.lua.device.WarningPolicy;
import io.godwit.nodemcu.lua.device.WifiSettings;
import io.godwit.nodemcu.lua.module.Modules;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaMachine;
import io.godwit.nodemcu.lua.vm.LuaUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs one device or a fleet: makes them, switches them on, keeps their figures, and takes all away at the end.
 *
 * <pre>{@code
 * try (Host host = Host.start(HostOptions.of(Path.of("my-device")).ownBroker(true), listener)) {
 *     host.run(Duration.ofSeconds(30));
 * }
 * }</pre>
 */
public final class Host implements AutoCloseable {

    private final HostOptions options;
    private final Path folder;
    private final DeviceClock clock;
    private final FleetFigures figures = new FleetFigures();
    private final List<Device> devices = new ArrayList<>();
    private final @Nullable VirtualNetwork network;
    private final @Nullable MqttBroker broker;
    private @Nullable FolderWatch watch;
    private @Nullable StuckDevices stuck;

    private Host(HostOptions options, DeviceListener listener) throws IOException {
        this.options = options;
        boolean single = Files.isRegularFile(options.script);
        if (!single && !Files.isDirectory(options.script)) {
            throw new IOException("there is no script or folder " + options.script);
        }
        Path parent = options.script.toAbsolutePath().getParent();
        this.folder = single && parent != null ? parent : options.script;
        String start = single ? options.script.getFileName().toString() : "init.lua";
        FlashImage image = FlashImage.read(options.script);
        if (image.get(start) == null) {
            throw new IOException(folder + " has no " + start + ", with which a device starts");
        }
        Scenario scenario = options.scenario == null ? null : Scenario.read(options.scenario);

        MqttSettings mqtt = options.mqtt;
        HostMap.Target everything = options.everything;
        if (options.virtual) {
            VirtualClock virtual = new VirtualClock();
            this.clock = virtual;
            VirtualNetwork only = new VirtualNetwork(virtual, options.brokerListener);
            this.network = only;
            this.broker = null;
            Supplier<MqttClientBuilder> clients = mqtt.environment().clients();
            mqtt = mqtt.withClients(() -> TransportAccess.use(clients.get(), only));
        } else {
            this.clock = new RealClock(options.speed, options.threads);
            this.network = null;
            this.broker = options.ownBroker
                    ? MqttBroker.builder().listener(options.brokerListener).start()
                    : null;
            if (broker != null) {
                everything = new HostMap.Target(broker.host(), broker.port());
            }
        }
        Modules modules = new Modules(mqtt.profile());
        Map<Class<?>, Object> shared = Map.of(
                MqttSettings.class,
                mqtt,
                HostMap.class,
                new HostMap(options.map, everything),
                BrokerLogin.class,
                options.login,
                WarningPolicy.class,
                options.warnings,
                WifiSettings.class,
                options.wifi);
        DeviceListener both = new Both(figures, listener);
        for (int i = 0; i < options.count; i++) {
            Device device = new Device(
                    new DeviceSettings(
                            name(i),
                            options.first + i,
                            options.seed,
                            start,
                            options.onError,
                            options.limits,
                            modules,
                            modules::used,
                            shared),
                    clock,
                    new Flash(image),
                    both);
            equip(device, scenario);
        }
        image.skipped().forEach(text -> devices.get(0).warn(WarningType.FILES, text));
    }

    private void equip(Device device, @Nullable Scenario scenario) throws IOException {
        if (options.writeBack && options.count == 1) {
            device.flash().sink(new FolderSink(folder, text -> device.warn(WarningType.FILES, text)));
        }
        if (options.count > 100) {
            device.hardware().keep(0);
        }
        devices.add(device);
        if (scenario != null) {
            scenario.applyTo(device);
        }
    }

    /**
     * Makes the devices and switches them on.
     *
     * @param listener observes what the devices print and do
     * @throws IOException when script, scenario or folder cannot be read
     */
    public static Host start(HostOptions options, DeviceListener listener) throws IOException {
        Host host;
        try {
            // Before anything else, so that a machine without it says so at once.
            LuaMachine.load();
            host = new Host(options, listener);
        } catch (LuaUnavailableException e) {
            throw new IOException(e.getMessage(), e);
        }
        try {
            host.powerOn();
            return host;
        } catch (IOException | RuntimeException e) {
            host.close();
            throw e;
        }
    }

    private String name(int index) {
        return options.count == 1 && options.first == 0 ? "device" : "device-" + (options.first + index + 1);
    }

    private void powerOn() throws IOException {
        long step = options.stagger.toNanos() / Math.max(1, devices.size());
        for (int i = 0; i < devices.size(); i++) {
            Device device = devices.get(i);
            if (step == 0) {
                device.powerOn();
            } else {
                clock.schedule(device::powerOn, step * i);
            }
        }
        if (!options.virtual) {
            stuck = new StuckDevices(devices, options.stuckAfter);
        }
        if (options.watch) {
            watch = new FolderWatch(folder, options.script, this::reflash);
        }
    }

    private void reflash(FlashImage image) {
        for (Device device : devices) {
            device.reflash(image);
        }
    }

    public List<Device> devices() {
        return List.copyOf(devices);
    }

    public DeviceClock clock() {
        return clock;
    }

    public FleetFigures.Snapshot figures() {
        return figures.snapshot();
    }

    /** The broker of the virtual network. */
    public @Nullable LocalBroker localBroker() {
        return network == null ? null : network.broker();
    }

    /** The broker that was started beside the devices. */
    public @Nullable MqttBroker ownBroker() {
        return broker;
    }

    /**
     * Lets the devices run for a time of theirs: in virtual time at once, otherwise by waiting.
     *
     * @throws InterruptedException if the waiting thread is interrupted
     */
    public void run(Duration deviceTime) throws InterruptedException {
        if (clock instanceof VirtualClock virtual) {
            virtual.advance(deviceTime);
        } else {
            Thread.sleep((long) (deviceTime.toMillis() / options.speed));
        }
    }

    /** Switches all devices off and lets go of all threads, sockets and memory. */
    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
        if (stuck != null) {
            stuck.close();
        }
        for (Device device : devices) {
            device.powerOff();
        }
        if (clock instanceof VirtualClock virtual) {
            // What is still on its way arrives, so that no buffer is left behind.
            virtual.advance(Duration.ofMillis(100));
        }
        devices.forEach(Device::close);
        clock.close();
        if (broker != null) {
            broker.close();
        }
    }

    /** Tells two listeners. */
    private record Both(DeviceListener first, DeviceListener second) implements DeviceListener {
        @Override
        public void printed(Device device, byte[] line) {
            first.printed(device, line);
            second.printed(device, line);
        }

        @Override
        public void printedPart(Device device, byte[] part) {
            first.printedPart(device, part);
            second.printedPart(device, part);
        }

        @Override
        public void warned(Device device, Warning warning) {
            first.warned(device, warning);
            second.warned(device, warning);
        }

        @Override
        public void failed(Device device, LuaError error) {
            first.failed(device, error);
            second.failed(device, error);
        }

        @Override
        public void booted(Device device, BootReason reason) {
            first.booted(device, reason);
            second.booted(device, reason);
        }

        @Override
        public void traffic(Device device, Traffic traffic) {
            first.traffic(device, traffic);
            second.traffic(device, traffic);
        }

        @Override
        public void called(Device device, long nanos) {
            first.called(device, nanos);
            second.called(device, nanos);
        }
    }
}
