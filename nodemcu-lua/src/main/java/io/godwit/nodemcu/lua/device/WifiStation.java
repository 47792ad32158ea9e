package io.godwit.nodemcu.lua.device;

import org.jspecify.annotations.Nullable;

/**
 * The Wi-Fi station of a device: it joins the access point at start if it is configured to, gets an address, and loses
 * both when the script or the scenario says so. What is configured survives restarts. Thread of the device only.
 */
public final class WifiStation {

    /** In the order of the firmware's numbers, from 0. */
    public enum Status {
        IDLE,
        CONNECTING,
        WRONG_PASSWORD,
        ACCESS_POINT_NOT_FOUND,
        FAILED,
        GOT_ADDRESS
    }

    /** Why the station is disconnected, by the firmware's numbers. */
    public enum Reason {
        ASSOC_LEAVE(8),
        BEACON_TIMEOUT(200),
        NO_AP_FOUND(201),
        AUTH_FAIL(202);

        private final int number;

        Reason(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }

    /** Follows the station; called on the thread of the device. */
    public interface Listener {
        void connected();

        void disconnected(Reason reason);

        void gotAddress();
    }

    public static final int NULLMODE = 0;
    public static final int STATION = 1;
    public static final int SOFTAP = 2;
    public static final int STATIONAP = 3;

    private static final long JOIN_NANOS = 250_000_000L;
    private static final long DHCP_NANOS = 250_000_000L;
    private static final long RETRY_NANOS = 2_000_000_000L;

    // Set once.
    private final Device device;
    private final Runnable changed;

    // Device thread only.
    private WifiSettings settings;
    private String ssid;
    private @Nullable String password;
    private boolean auto = true;
    private int mode = STATION;
    private Status status = Status.IDLE;
    private boolean inReach = true;
    private @Nullable Listener listener;
    private DeviceClock.@Nullable Alarm joining;

    /** @param changed runs after the address came or went */
    WifiStation(Device device, WifiSettings settings, Runnable changed) {
        this.device = device;
        this.changed = changed;
        this.settings = settings;
        this.ssid = settings.ssid() == null ? "godwit" : settings.ssid();
        this.password = settings.password();
    }

    /** Changes the access point, as if the board had been configured for it before it was switched on. */
    public void settings(WifiSettings newSettings) {
        settings = newSettings;
        if (newSettings.ssid() != null) {
            ssid = newSettings.ssid();
            password = newSettings.password();
        }
    }

    public WifiSettings settings() {
        return settings;
    }

    public Status status() {
        return status;
    }

    public boolean hasAddress() {
        return status == Status.GOT_ADDRESS;
    }

    /** Whether an address can be expected without the script doing anything. */
    public boolean isJoining() {
        return status == Status.CONNECTING || status == Status.ACCESS_POINT_NOT_FOUND;
    }

    public boolean isAccessPointInReach() {
        return inReach;
    }

    /** The address that the station has or will get. */
    public String address() {
        return settings.ip() == null ? device.ip() : settings.ip();
    }

    public String netmask() {
        return settings.ip() == null ? "255.0.0.0" : "255.255.255.0";
    }

    public String gateway() {
        return neighbour("1", "10.0.0.1");
    }

    public String broadcast() {
        return neighbour("255", "10.255.255.255");
    }

    private String neighbour(String last, String absent) {
        String ip = settings.ip();
        return ip == null ? absent : ip.substring(0, ip.lastIndexOf('.') + 1) + last;
    }

    /**
     * Sets a fixed address.
     *
     * @throws IllegalArgumentException if it is not four numbers
     */
    public void address(String ip) {
        settings = settings.withIp(ip);
    }

    /** dBm, whole. */
    public int rssi() {
        return (int) Math.rint(device.hardware().read("wifi.rssi", settings.rssi()));
    }

    public String ssid() {
        return ssid;
    }

    /** What the script configured, or what the board was configured with; empty if neither. */
    public String password() {
        return password == null ? "" : password;
    }

    /** The name of the access point in reach: with no fixed one, that which the script asks for. */
    public String accessPoint() {
        String fixed = settings.ssid();
        return fixed == null ? ssid : fixed;
    }

    public int mode() {
        return mode;
    }

    public boolean isAuto() {
        return auto;
    }

    public void listener(@Nullable Listener newListener) {
        listener = newListener;
    }

    // ---- life

    void bootUp() {
        if (settings.start() == WifiSettings.Start.READY && mayJoin() && inReach) {
            status = Status.GOT_ADDRESS;
            changed.run();
        } else if (auto) {
            connect();
        }
    }

    void shutDown() {
        listener = null;
        stop();
        changed.run();
    }

    private void stop() {
        if (joining != null) {
            joining.cancel();
            joining = null;
        }
        status = Status.IDLE;
    }

    // ---- what the script asks for

    public void mode(int newMode) {
        mode = newMode;
        if (!isStation()) {
            leave(Reason.ASSOC_LEAVE);
        } else if (status == Status.IDLE && auto) {
            connect();
        }
    }

    public void auto(boolean on) {
        auto = on;
    }

    public void configure(String newSsid, @Nullable String newPassword, boolean newAuto) {
        ssid = newSsid;
        password = newPassword;
        auto = newAuto;
        if (auto) {
            leave(Reason.ASSOC_LEAVE);
            connect();
        }
    }

    public void clear() {
        ssid = "";
        password = null;
        leave(Reason.ASSOC_LEAVE);
    }

    public void connect() {
        if (!mayJoin() || status == Status.CONNECTING || hasAddress()) {
            return;
        }
        stop();
        status = Status.CONNECTING;
        joining = device.after(JOIN_NANOS, this::join);
    }

    public void disconnect() {
        leave(Reason.ASSOC_LEAVE);
    }

    private boolean mayJoin() {
        return isStation() && !ssid.isEmpty();
    }

    private boolean isStation() {
        return mode == STATION || mode == STATIONAP;
    }

    // ---- what the world does

    /** The access point went out of reach or came back. */
    void accessPoint(boolean nowInReach) {
        if (inReach == nowInReach) {
            return;
        }
        inReach = nowInReach;
        if (!nowInReach && status != Status.IDLE) {
            leave(Reason.BEACON_TIMEOUT);
            if (auto) {
                connect();
            }
        }
    }

    /** Lets device time pass until the station has joined, if it can. */
    void joinNow() {
        if (status == Status.CONNECTING && isWelcome()) {
            stop();
            device.spend(JOIN_NANOS + DHCP_NANOS);
            if (listener != null) {
                listener.connected();
            }
            lease();
        }
    }

    private boolean isWelcome() {
        String wanted = settings.password();
        return inReach && ssid.equals(accessPoint()) && (wanted == null || wanted.equals(password));
    }

    private void join() {
        joining = null;
        if (!inReach || !ssid.equals(accessPoint())) {
            refused(Status.ACCESS_POINT_NOT_FOUND, Reason.NO_AP_FOUND);
        } else if (!isWelcome()) {
            refused(Status.WRONG_PASSWORD, Reason.AUTH_FAIL);
        } else {
            if (listener != null) {
                listener.connected();
            }
            joining = device.after(DHCP_NANOS, this::lease);
        }
    }

    private void lease() {
        joining = null;
        status = Status.GOT_ADDRESS;
        if (listener != null) {
            listener.gotAddress();
        }
        changed.run();
    }

    private void refused(Status why, Reason reason) {
        status = why;
        if (listener != null) {
            listener.disconnected(reason);
        }
        joining = device.after(RETRY_NANOS, () -> {
            joining = null;
            status = Status.IDLE;
            connect();
        });
        changed.run();
    }

    private void leave(Reason reason) {
        boolean was = hasAddress();
        stop();
        if (was && listener != null) {
            listener.disconnected(reason);
        }
        changed.run();
    }
}
