package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceClock;
import io.godwit.nodemcu.lua.device.Network;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaRef;
import io.godwit.nodemcu.lua.vm.LuaTable;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code wifi} with the calls of both chips: a station that joins a simulated access point as soon as it may, and tells
 * the script of what happens. Any name and password are right; a device is taken to have been provisioned before.
 */
final class WifiModule {

    private static final int NULLMODE = 0;
    private static final int STATION = 1;
    private static final int STATIONAP = 3;

    private static final int IDLE = 0;
    private static final int CONNECTING = 1;
    private static final int AP_NOT_FOUND = 3;
    private static final int GOT_IP = 5;

    private static final int EVENT_CONNECTED = 0;
    private static final int EVENT_DISCONNECTED = 1;
    private static final int EVENT_GOT_IP = 3;
    private static final int EVENT_MODE = 8;

    private static final int REASON_ASSOC_LEAVE = 8;
    private static final int REASON_BEACON_TIMEOUT = 200;
    private static final int REASON_NO_AP_FOUND = 201;

    private static final long JOIN_NANOS = 400_000_000L;
    private static final long DHCP_NANOS = 500_000_000L;
    private static final long RETRY_NANOS = 2_000_000_000L;

    private static final String BSSID = "02:67:6f:64:77:69";
    private static final String NETMASK = "255.0.0.0";
    private static final String GATEWAY = "10.0.0.1";

    private static final LuaLibrary STA = LuaLibrary.module("wifi.sta")
            .function("config", call -> station(call).config(call))
            .function("connect", call -> {
                station(call).once(EVENT_CONNECTED, call.isFunction(1) ? call.ref(1) : null);
                station(call).connect();
                return 0;
            })
            .function("disconnect", call -> {
                station(call).once(EVENT_DISCONNECTED, call.isFunction(1) ? call.ref(1) : null);
                station(call).disconnect();
                return 0;
            })
            .function("autoconnect", call -> {
                station(call).auto = call.integer(1) != 0;
                return 0;
            })
            .function("status", call -> call.push(station(call).status))
            .function("getip", call -> {
                Station station = station(call);
                return station.status == GOT_IP ? call.pushAll(station.device.ip(), NETMASK, GATEWAY) : call.pushNil();
            })
            .function("setip", call -> call.push(true))
            .function("getbroadcast", call -> call.push("10.255.255.255"))
            .function("getmac", call -> call.push(Modules.device(call).mac()))
            .function("setmac", call -> call.push(true))
            .function("getrssi", call -> {
                Station station = station(call);
                return station.status == GOT_IP
                        ? call.push(Math.rint(station.device.hardware().read("wifi.rssi", -60)))
                        : call.pushNil();
            })
            .function("gethostname", call -> call.push(station(call).hostname))
            .function("sethostname", call -> {
                station(call).hostname = call.text(1);
                return call.push(true);
            })
            .function("getconfig", call -> station(call).shownConfig(call))
            .function("getdefaultconfig", call -> station(call).shownConfig(call))
            .function("clearconfig", call -> {
                station(call).ssid = "";
                station(call).disconnect();
                return call.push(true);
            })
            .function("getap", call -> station(call).accessPoints(call))
            .function("scan", call -> station(call).scan(call))
            .function("getapindex", call -> call.push(1))
            .function("getapinfo", call -> {
                int info = call.newTable();
                call.set(info, "qty", 1);
                return 1;
            })
            .function("changeap", call -> call.push(true))
            .function("setaplimit", call -> call.push(true))
            .function("sleeptype", call -> call.push(call.number(1, 0)))
            .function("settxpower", call -> call.push(true))
            .function("on", call -> station(call).on(call))
            .function("eventMonReg", call -> station(call).oldEvent(call))
            .function("eventMonStart", call -> 0)
            .function("eventMonStop", call -> 0)
            .build();

    private static final LuaLibrary DHCP = LuaLibrary.module("wifi.ap.dhcp")
            .function("config", call -> call.pushAll("192.168.4.2", "192.168.4.5"))
            .function("start", call -> call.push(true))
            .function("stop", call -> call.push(true))
            .build();

    private static final LuaLibrary AP = LuaLibrary.module("wifi.ap")
            .nested("dhcp", DHCP)
            .function("config", call -> call.push(true))
            .function("setip", call -> call.push(true))
            .function("getip", call -> call.pushAll("192.168.4.1", "255.255.255.0", "192.168.4.1"))
            .function(
                    "getmac",
                    call -> call.push("5e" + Modules.device(call).mac().substring(2)))
            .function("setmac", call -> call.push(true))
            .function("getbroadcast", call -> call.push("192.168.4.255"))
            .function("getclient", call -> {
                call.newTable();
                return 1;
            })
            .function("getconfig", call -> call.pushAll("godwit-ap", ""))
            .function("getdefaultconfig", call -> call.pushAll("godwit-ap", ""))
            .function("deauth", call -> call.push(true))
            .function("sethostname", call -> call.push(true))
            .function("on", call -> 0)
            .build();

    private static final LuaLibrary EVENTMON = LuaLibrary.module("wifi.eventmon")
            .constants(
                    0,
                    "STA_CONNECTED",
                    "STA_DISCONNECTED",
                    "STA_AUTHMODE_CHANGE",
                    "STA_GOT_IP",
                    "STA_DHCP_TIMEOUT",
                    "AP_STACONNECTED",
                    "AP_STADISCONNECTED",
                    "AP_PROBEREQRECVED",
                    "WIFI_MODE_CHANGED",
                    "EVENT_MAX")
            .nested(
                    "reason",
                    LuaLibrary.module("wifi.eventmon.reason")
                            .constants(1, "UNSPECIFIED", "AUTH_EXPIRE", "AUTH_LEAVE", "ASSOC_EXPIRE", "ASSOC_TOOMANY")
                            .constants(6, "NOT_AUTHED", "NOT_ASSOCED", "ASSOC_LEAVE", "ASSOC_NOT_AUTHED")
                            .constant("4WAY_HANDSHAKE_TIMEOUT", 15)
                            .constants(
                                    REASON_BEACON_TIMEOUT, "BEACON_TIMEOUT", "NO_AP_FOUND", "AUTH_FAIL", "ASSOC_FAIL")
                            .constant("HANDSHAKE_TIMEOUT", 204)
                            .build())
            .function("register", call -> {
                station(call).register(call.between(1, 0, 9), call.functionOrNull(2));
                return 0;
            })
            .function("unregister", call -> {
                station(call).register(call.between(1, 0, 9), null);
                return 0;
            })
            .build();

    static final LuaLibrary LIBRARY = LuaLibrary.module("wifi")
            .constants(NULLMODE, "NULLMODE", "STATION", "SOFTAP", "STATIONAP")
            .constants(0, "OPEN", "WEP", "WPA_PSK", "WPA2_PSK", "WPA_WPA2_PSK", "AUTH_WPA3_PSK")
            .constants(0, "AUTH_OPEN", "AUTH_WEP", "AUTH_WPA_PSK", "AUTH_WPA2_PSK", "AUTH_WPA_WPA2_PSK")
            .constants(IDLE, "STA_IDLE", "STA_CONNECTING", "STA_WRONGPWD", "STA_APNOTFOUND", "STA_FAIL", "STA_GOTIP")
            .constants(1, "PHYMODE_B", "PHYMODE_G", "PHYMODE_N")
            .constants(0, "NONE_SLEEP", "LIGHT_SLEEP", "MODEM_SLEEP")
            .constants(0, "COUNTRY_AUTO", "COUNTRY_MANUAL")
            .nested("sta", STA)
            .nested("ap", AP)
            .nested("eventmon", EVENTMON)
            .function("setmode", call -> station(call).setMode(call))
            .function("mode", call -> station(call).setMode(call))
            .function("getmode", call -> call.push(station(call).mode))
            .function("getdefaultmode", call -> call.push(STATION))
            .function("start", call -> {
                station(call).connect();
                return 0;
            })
            .function("stop", call -> {
                station(call).disconnect();
                return 0;
            })
            .function("setphymode", call -> call.push(call.number(1)))
            .function("getphymode", call -> call.push(3))
            .function("getchannel", call -> call.push(6))
            .function("getcountry", call -> {
                int table = call.newTable();
                call.set(table, "country", "AQ");
                call.set(table, "start_ch", 1);
                call.set(table, "end_ch", 13);
                return 1;
            })
            .function("setcountry", call -> call.push(true))
            .function("sleeptype", call -> call.push(call.number(1, 0)))
            .function("setmaxtxpower", call -> 0)
            .function("nullmodesleep", call -> call.push(true))
            .absent("startsmart", "stopsmart", "suspend", "resume", "monitor", "startconfig")
            .build();

    private WifiModule() {}

    private static Station station(LuaCall call) {
        return Modules.device(call).state(Station.class, Station::new);
    }

    /** The station in this boot. */
    private static final class Station implements Network.User {
        private final Device device;
        private final Map<Integer, LuaRef> monitors = new HashMap<>(4);
        private final Map<String, LuaRef> named = new HashMap<>(2);
        private final Map<Integer, LuaRef> oldEvents = new HashMap<>(1);
        private final Map<Integer, LuaRef> once = new HashMap<>(1);
        private String ssid = "godwit";
        private String hostname;
        private int mode = STATION;
        private int status = IDLE;
        private boolean auto = true;
        private DeviceClock.@Nullable Alarm joining;

        Station(Device device) {
            this.device = device;
            this.hostname = String.format("NODE-%06X", device.chipId());
            device.network().add(this);
            connect();
        }

        int setMode(LuaCall call) {
            int wanted = call.between(1, NULLMODE, STATIONAP);
            int before = mode;
            mode = wanted;
            if (before != wanted) {
                tell(EVENT_MODE, null, new LuaTable().with("old_mode", before).with("new_mode", wanted));
            }
            if (!isStation()) {
                disconnect();
            } else if (status == IDLE && auto) {
                connect();
            }
            return call.push(wanted);
        }

        private boolean isStation() {
            return mode == STATION || mode == STATIONAP;
        }

        /** A table, or name, password, auto-connect and access point in order. */
        int config(LuaCall call) {
            if (call.isTable(1)) {
                String name = call.textField(1, "ssid");
                if (name == null || name.length() > 32) {
                    throw call.argument(1, "ssid required, up to 32 characters");
                }
                ssid = name;
                int at = call.pushField(1, "auto");
                auto = call.isNoneOrNil(at) || call.truth(at);
                call.pop(1);
                for (String key : new String[] {"connected_cb", "disconnected_cb", "got_ip_cb"}) {
                    LuaRef callback = call.functionField(1, key);
                    if (callback != null) {
                        register(
                                key.startsWith("got")
                                        ? EVENT_GOT_IP
                                        : key.startsWith("dis") ? EVENT_DISCONNECTED : EVENT_CONNECTED,
                                callback);
                    }
                }
            } else {
                String name = call.text(1);
                if (name.isEmpty() || name.length() > 32) {
                    throw call.argument(1, "ssid: 1 to 32 characters");
                }
                ssid = name;
                auto = call.isNoneOrNil(3) || !call.isNumber(3) || call.integer(3) != 0;
            }
            if (auto) {
                drop(REASON_ASSOC_LEAVE);
                connect();
            }
            return call.push(true);
        }

        void connect() {
            if (!isStation() || ssid.isEmpty() || status == CONNECTING || status == GOT_IP) {
                return;
            }
            status = CONNECTING;
            joining = device.after(JOIN_NANOS, this::joined);
        }

        private void joined() {
            if (!device.network().accessPointInReach()) {
                status = AP_NOT_FOUND;
                disconnected(REASON_NO_AP_FOUND);
                joining = device.after(RETRY_NANOS, () -> {
                    if (status == AP_NOT_FOUND) {
                        status = IDLE;
                        connect();
                    }
                });
                return;
            }
            tell(EVENT_CONNECTED, "connected", access().with("channel", 6));
            joining = device.after(DHCP_NANOS, () -> {
                status = GOT_IP;
                tell(
                        EVENT_GOT_IP,
                        "got_ip",
                        new LuaTable()
                                .with("IP", device.ip())
                                .with("ip", device.ip())
                                .with("netmask", NETMASK)
                                .with("gateway", GATEWAY)
                                .with("gw", GATEWAY));
            });
        }

        private LuaTable access() {
            return new LuaTable()
                    .with("SSID", ssid)
                    .with("ssid", ssid)
                    .with("BSSID", BSSID)
                    .with("bssid", BSSID);
        }

        void disconnect() {
            drop(REASON_ASSOC_LEAVE);
        }

        private void drop(int reason) {
            if (joining != null) {
                joining.cancel();
                joining = null;
            }
            boolean was = status == GOT_IP;
            status = IDLE;
            if (was) {
                disconnected(reason);
            }
        }

        private void disconnected(int reason) {
            tell(EVENT_DISCONNECTED, "disconnected", access().with("reason", reason));
        }

        @Override
        public void wifi(boolean inReach) {
            if (!inReach) {
                drop(REASON_BEACON_TIMEOUT);
                if (auto && isStation()) {
                    connect();
                }
            }
        }

        @Override
        public void cut() {}

        void register(int event, @Nullable LuaRef callback) {
            LuaRef before = callback == null ? monitors.remove(event) : monitors.put(event, callback);
            if (before != null) {
                before.release();
            }
        }

        void once(int event, @Nullable LuaRef callback) {
            if (callback != null) {
                once.put(event, callback);
            }
        }

        /** The ESP32's {@code wifi.sta.on(event, function(event, info))}. */
        int on(LuaCall call) {
            String event = call.text(1);
            LuaRef callback = call.functionOrNull(2);
            LuaRef before = callback == null ? named.remove(event) : named.put(event, callback);
            if (before != null) {
                before.release();
            }
            return 0;
        }

        /** Firmware of 2015: {@code wifi.sta.eventMonReg(status, function(previous))}. */
        int oldEvent(LuaCall call) {
            int event = call.between(1, IDLE, GOT_IP);
            if (call.isFunction(2)) {
                oldEvents.put(event, call.ref(2));
            } else {
                oldEvents.remove(event);
            }
            return 0;
        }

        private void tell(int event, @Nullable String name, LuaTable info) {
            device.later(() -> {
                LuaRef single = once.remove(event);
                if (single != null) {
                    device.call(single, info);
                    single.release();
                }
                LuaRef monitor = monitors.get(event);
                if (monitor != null) {
                    device.call(monitor, info);
                }
                LuaRef byName = name == null ? null : named.get(name);
                if (byName != null) {
                    device.call(byName, name, info);
                }
                LuaRef old = oldEvents.get(status);
                if (old != null) {
                    device.call(old, CONNECTING);
                }
            });
        }

        int shownConfig(LuaCall call) {
            if (call.truth(1)) {
                int table = call.newTable();
                call.set(table, "ssid", ssid);
                call.set(table, "pwd", "");
                call.set(table, "bssid_set", false);
                call.set(table, "bssid", BSSID);
                return 1;
            }
            return call.pushAll(ssid, "", 0, BSSID);
        }

        /** {@code getap([config,] [format,] callback)}: the simulated access point is the only one in reach. */
        int accessPoints(LuaCall call) {
            int format = 0;
            LuaRef callback = null;
            for (int i = 1; i <= call.count(); i++) {
                if (call.isFunction(i)) {
                    callback = call.ref(i);
                } else if (call.isNumber(i)) {
                    format = (int) call.integer(i);
                }
            }
            LuaRef done = callback;
            if (done != null) {
                LuaTable list = format == 1
                        ? new LuaTable().with(BSSID, ssid + ",-60,3,6")
                        : new LuaTable().with(ssid, "3,-60," + BSSID + ",6");
                device.after(RETRY_NANOS, () -> {
                    device.call(done, list);
                    done.release();
                });
            }
            return 0;
        }

        int scan(LuaCall call) {
            LuaRef done = call.function(2);
            LuaTable found = new LuaTable()
                    .add(access().with("rssi", -60).with("channel", 6).with("auth", 3));
            device.after(RETRY_NANOS, () -> {
                device.call(done, null, found);
                done.release();
            });
            return 0;
        }
    }
}
