package io.godwit.nodemcu.lua.device;

import io.godwit.nodemcu.WarningType;
import java.util.ArrayList;
import java.util.List;

/**
 * The device's connection to the world: the Wi-Fi station, whether packets flow, and who has to know when that changes.
 * Changed on the thread of the device only; {@link #flows} may be read from any.
 */
public final class Network {

    /** How long a call waits for an address at most before it fails. */
    private static final long ADDRESS_LIMIT_NANOS = 10_000_000_000L;

    /** A user of the network, such as a socket. */
    public interface User {
        /** The device lost its power: drop everything at once. */
        void cut();

        /** Packets stop, or flow again; sockets stay open. The script may be busy: it must not be called in here. */
        default void flowing(boolean flows) {}

        /** The station lost its address: the device drops its sockets, and nobody outside gets to know. */
        default void addressLost() {}
    }

    /** A call that waits for an address. */
    private static final class Waiting {
        private final Runnable online;
        private final Runnable offline;
        private boolean done;

        Waiting(Runnable online, Runnable offline) {
            this.online = online;
            this.offline = offline;
        }

        void end(boolean isOnline) {
            if (!done) {
                done = true;
                (isOnline ? online : offline).run();
            }
        }
    }

    // Set once.
    private final Device device;
    private final WifiStation station;
    private final HttpStubs http = new HttpStubs();

    // Device thread only, except for reading the volatile one.
    private final List<User> users = new ArrayList<>(2);
    private final List<Waiting> waiting = new ArrayList<>(0);
    private boolean plugged = true;
    private boolean radio = true;
    private boolean address;
    private volatile boolean flows;

    Network(Device device) {
        this.device = device;
        this.station = new WifiStation(
                device, device.settings().option(WifiSettings.class, WifiSettings.DEFAULTS), this::update);
    }

    public void add(User user) {
        users.add(user);
    }

    public void remove(User user) {
        users.remove(user);
    }

    public WifiStation station() {
        return station;
    }

    /** Answers to HTTP requests that no server has to give. */
    public HttpStubs http() {
        return http;
    }

    /** Whether there is no real network because time is virtual. */
    public boolean isVirtual() {
        return device.clock() instanceof VirtualClock;
    }

    /** Whether packets come and go: the station has an address and the network behind the access point works. */
    public boolean flows() {
        return flows;
    }

    /** Whether a call now would wait for an address that the station is about to get. */
    public boolean awaitsAddress() {
        return station.isJoining() && station.settings().start() == WifiSettings.Start.WAIT;
    }

    /**
     * Runs {@code online} at once if the station has an address. While it is joining, and unless the device is strict,
     * waits for the address and warns; otherwise runs {@code offline} soon.
     *
     * @param what the call, for the warning
     */
    public void whenOnline(String what, Runnable online, Runnable offline) {
        if (station.hasAddress()) {
            online.run();
        } else if (awaitsAddress()) {
            device.warn(
                    WarningType.NO_ADDRESS,
                    what + " before the station has an address waits for it here and fails on the chip;"
                            + " call it when the station has an address (--wifi strict fails here too)");
            Waiting entry = new Waiting(online, offline);
            waiting.add(entry);
            device.after(ADDRESS_LIMIT_NANOS, () -> {
                if (waiting.remove(entry)) {
                    entry.end(false);
                }
            });
        } else {
            device.warn(WarningType.NO_ADDRESS, what + " has no network: the station has no address");
            device.later(offline);
        }
    }

    /**
     * Blocks the script, in device time only, until the station has an address: for calls that block on the chip.
     *
     * @return whether the station has an address now
     */
    public boolean awaitAddress() {
        if (awaitsAddress()) {
            station.joinNow();
        }
        return station.hasAddress();
    }

    /** Where a script's host name leads; the mapping of the host's settings, if any, decides. */
    public HostMap.Target target(String host, int port) {
        return device.settings().option(HostMap.class, HostMap.NONE).target(host, port);
    }

    /** The power is gone, or the chip resets: sockets end at once. */
    public void cut() {
        for (User user : List.copyOf(users)) {
            user.cut();
        }
        users.clear();
    }

    void bootUp() {
        station.bootUp();
    }

    void shutDown() {
        waiting.clear();
        users.clear();
        station.shutDown();
    }

    void unplug() {
        plugged = false;
        updateFlow();
    }

    void plug() {
        plugged = true;
        updateFlow();
    }

    /** Whether the air carries packets between station and access point. */
    void radio(boolean carries) {
        radio = carries;
        updateFlow();
    }

    /** The station notices that the access point went out of reach or came back. */
    void accessPoint(boolean inReach) {
        station.accessPoint(inReach);
    }

    private void updateFlow() {
        boolean now = plugged && radio && address;
        if (now != flows) {
            flows = now;
            for (User user : List.copyOf(users)) {
                user.flowing(now);
            }
        }
    }

    private void update() {
        boolean before = address;
        address = station.hasAddress();
        updateFlow();
        if (before && !address) {
            for (User user : List.copyOf(users)) {
                user.addressLost();
            }
        }
        if (address || !station.isJoining()) {
            List<Waiting> ended = List.copyOf(waiting);
            waiting.clear();
            ended.forEach(entry -> entry.end(address));
        }
    }
}
