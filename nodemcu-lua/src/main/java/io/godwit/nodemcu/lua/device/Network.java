package io.godwit.nodemcu.lua.device;

import java.util.ArrayList;
import java.util.List;

/**
 * The device's way into the world: whether the access point is in reach, whether packets flow, and whom to tell when
 * that changes. Changed on the thread of the device only; {@link #flows} may be read from any.
 */
public final class Network {

    /** A user of the network: a socket, or the Wi-Fi module. */
    public interface User {
        /** The device lost its power: drop all without a word. */
        void cut();

        /** Packets stop, or flow again. */
        default void flowing(boolean flows) {}

        /** The access point went out of reach or came back. */
        default void wifi(boolean inReach) {}
    }

    private final Device device;
    private final List<User> users = new ArrayList<>(2);
    private boolean plugged = true;
    private volatile boolean wifi = true;
    private volatile boolean flows = true;

    Network(Device device) {
        this.device = device;
    }

    public void add(User user) {
        users.add(user);
    }

    public void remove(User user) {
        users.remove(user);
    }

    public boolean flows() {
        return flows;
    }

    public boolean accessPointInReach() {
        return wifi;
    }

    /** Where a script's host name leads; the mapping of the host's settings, if any, decides. */
    public HostMap.Target target(String host, int port) {
        return device.settings().option(HostMap.class, HostMap.NONE).target(host, port);
    }

    /** The power is gone, or the chip resets: sockets end without a word. */
    public void cut() {
        for (User user : List.copyOf(users)) {
            user.cut();
        }
        users.clear();
    }

    void unplug() {
        plugged = false;
        update();
    }

    void plug() {
        plugged = true;
        update();
    }

    void wifi(boolean inReach) {
        if (wifi != inReach) {
            wifi = inReach;
            update();
            for (User user : List.copyOf(users)) {
                user.wifi(inReach);
            }
        }
    }

    private void update() {
        boolean now = plugged && wifi;
        if (now != flows) {
            flows = now;
            for (User user : List.copyOf(users)) {
                user.flowing(now);
            }
        }
    }
}
