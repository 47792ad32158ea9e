package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.WifiStation;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaRef;
import io.godwit.nodemcu.lua.vm.LuaTable;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code wifi} with the calls of both chips, on the device's simulated {@link WifiStation}. */
final class WifiModule {

    static final int WPA2_PSK = 3;

    private static final long SCAN_NANOS = 2_000_000_000L;

    private static final LuaLibrary STA = LuaLibrary.module("wifi.sta")
            .function("config", WifiModule::config)
            .function("connect", call -> {
                events(call).once(WifiEvents.CONNECTED, call.isFunction(1) ? call.ref(1) : null);
                station(call).connect();
                return 0;
            })
            .function("disconnect", call -> {
                events(call).once(WifiEvents.DISCONNECTED, call.isFunction(1) ? call.ref(1) : null);
                station(call).disconnect();
                return 0;
            })
            .function("autoconnect", call -> {
                station(call).auto(call.integer(1) != 0);
                return 0;
            })
            .function("status", call -> call.push(station(call).status().ordinal()))
            .function("getip", call -> {
                WifiStation station = station(call);
                return station.hasAddress()
                        ? call.pushAll(station.address(), station.netmask(), station.gateway())
                        : call.pushNil();
            })
            .function("setip", WifiModule::setIp)
            .function("getbroadcast", call -> {
                WifiStation station = station(call);
                return station.hasAddress() ? call.push(station.broadcast()) : call.pushNil();
            })
            .function("getmac", call -> call.push(Caller.device(call).mac()))
            .fixed("setmac", call -> call.push(true))
            .function("getrssi", call -> {
                WifiStation station = station(call);
                return station.hasAddress() ? call.push(station.rssi()) : call.pushNil();
            })
            .function("gethostname", call -> call.push(state(call).hostname))
            .function("sethostname", call -> {
                state(call).hostname = call.text(1);
                return call.push(true);
            })
            .function(
                    "getconfig", call -> shownConfig(call, Caller.profile(call).isEsp32()))
            .function("getdefaultconfig", call -> shownConfig(call, false))
            .function("clearconfig", call -> {
                station(call).clear();
                return call.push(true);
            })
            .function("getap", WifiModule::accessPoints)
            .function("scan", WifiModule::scan)
            .fixed("getapindex", call -> call.push(1))
            .function("getapinfo", WifiModule::storedAccessPoints)
            .function("changeap", call -> call.push(call.between(1, 1, 5) == 1))
            .fixed("setaplimit", call -> call.push(true))
            .fixed("sleeptype", call -> call.push(call.number(1, 0)))
            .fixed("settxpower", call -> call.push(true))
            .function("on", call -> {
                events(call).on(call.text(1), call.functionOrNull(2));
                return 0;
            })
            .function("eventMonReg", call -> {
                LuaRef callback = call.isFunction(2) ? call.ref(2) : null;
                events(call).onStatus(call.between(1, 0, WifiStation.Status.GOT_ADDRESS.ordinal()), callback);
                return 0;
            })
            .fixed("eventMonStart", call -> 0)
            .fixed("eventMonStop", call -> 0)
            .build();

    private static final LuaLibrary DHCP = LuaLibrary.module("wifi.ap.dhcp")
            .fixed("config", call -> call.pushAll("192.168.4.2", "192.168.4.5"))
            .fixed("start", call -> call.push(true))
            .fixed("stop", call -> call.push(true))
            .build();

    private static final LuaLibrary AP = LuaLibrary.module("wifi.ap")
            .nested("dhcp", DHCP)
            .function("config", WifiModule::configAp)
            .fixed("setip", call -> call.push(true))
            .fixed("getip", call -> call.pushAll("192.168.4.1", "255.255.255.0", "192.168.4.1"))
            .function(
                    "getmac", call -> call.push("5e" + Caller.device(call).mac().substring(2)))
            .fixed("setmac", call -> call.push(true))
            .fixed("getbroadcast", call -> call.push("192.168.4.255"))
            .function("getclient", call -> {
                call.newTable();
                return 1;
            })
            .function("getconfig", WifiModule::shownAp)
            .function("getdefaultconfig", WifiModule::shownAp)
            .fixed("deauth", call -> call.push(true))
            .fixed("sethostname", call -> call.push(true))
            .fixed("on", call -> 0)
            .build();

    private static final LuaLibrary REASON = LuaLibrary.module("wifi.eventmon.reason")
            .constants(1, "UNSPECIFIED", "AUTH_EXPIRE", "AUTH_LEAVE", "ASSOC_EXPIRE", "ASSOC_TOOMANY", "NOT_AUTHED")
            .constants(7, "NOT_ASSOCED", "ASSOC_LEAVE", "ASSOC_NOT_AUTHED", "DISASSOC_PWRCAP_BAD")
            .constant("DISASSOC_SUPCHAN_BAD", 11)
            .constants(13, "IE_INVALID", "MIC_FAILURE", "4WAY_HANDSHAKE_TIMEOUT", "GROUP_KEY_UPDATE_TIMEOUT")
            .constants(17, "IE_IN_4WAY_DIFFERS", "GROUP_CIPHER_INVALID", "PAIRWISE_CIPHER_INVALID", "AKMP_INVALID")
            .constants(21, "UNSUPP_RSN_IE_VERSION", "INVALID_RSN_IE_CAP", "802_1X_AUTH_FAILED")
            .constant("CIPHER_SUITE_REJECTED", 24)
            .constants(200, "BEACON_TIMEOUT", "NO_AP_FOUND", "AUTH_FAIL", "ASSOC_FAIL", "HANDSHAKE_TIMEOUT")
            .build();

    private static final LuaLibrary EVENTMON = LuaLibrary.module("wifi.eventmon")
            .constants(0, "STA_CONNECTED", "STA_DISCONNECTED", "STA_AUTHMODE_CHANGE", "STA_GOT_IP")
            .constants(4, "STA_DHCP_TIMEOUT", "AP_STACONNECTED", "AP_STADISCONNECTED", "AP_PROBEREQRECVED")
            .constants(8, "WIFI_MODE_CHANGED", "EVENT_MAX")
            .nested("reason", REASON)
            .function("register", call -> {
                events(call).register(call.between(1, 0, 9), call.functionOrNull(2));
                return 0;
            })
            .function("unregister", call -> {
                events(call).register(call.between(1, 0, 9), null);
                return 0;
            })
            .build();

    static final LuaLibrary LIBRARY = LuaLibrary.module("wifi")
            .constants(WifiStation.NULLMODE, "NULLMODE", "STATION", "SOFTAP", "STATIONAP")
            .constants(0, "OPEN", "WEP", "WPA_PSK", "WPA2_PSK", "WPA_WPA2_PSK", "AUTH_WPA3_PSK")
            .constants(0, "AUTH_OPEN", "AUTH_WEP", "AUTH_WPA_PSK", "AUTH_WPA2_PSK", "AUTH_WPA_WPA2_PSK")
            .constants(0, "STA_IDLE", "STA_CONNECTING", "STA_WRONGPWD", "STA_APNOTFOUND", "STA_FAIL", "STA_GOTIP")
            .constants(1, "PHYMODE_B", "PHYMODE_G", "PHYMODE_N")
            .constants(0, "NONE_SLEEP", "LIGHT_SLEEP", "MODEM_SLEEP")
            .constants(0, "COUNTRY_AUTO", "COUNTRY_MANUAL")
            .nested("sta", STA)
            .nested("ap", AP)
            .nested("eventmon", EVENTMON)
            .function("setmode", WifiModule::setMode)
            .function("mode", WifiModule::setMode)
            .function("getmode", call -> call.push(station(call).mode()))
            .function("getdefaultmode", call -> call.push(WifiStation.STATION))
            .function("start", call -> {
                station(call).connect();
                return 0;
            })
            .function("stop", call -> {
                station(call).disconnect();
                return 0;
            })
            .fixed("setphymode", call -> call.push(call.number(1)))
            .fixed("getphymode", call -> call.push(3))
            .function("getchannel", call -> call.push(station(call).settings().channel()))
            .function("getcountry", call -> {
                int table = call.newTable();
                call.set(table, "country", "AQ");
                call.set(table, "start_ch", 1);
                call.set(table, "end_ch", 13);
                return 1;
            })
            .fixed("setcountry", call -> call.push(true))
            .fixed("sleeptype", call -> call.push(call.number(1, 0)))
            .fixed("setmaxtxpower", call -> 0)
            .fixed("nullmodesleep", call -> call.push(true))
            .function("suspend", WifiSuspension::suspend)
            .function("resume", WifiSuspension::resume)
            .absent("startsmart", "stopsmart", "monitor")
            .build();

    private WifiModule() {}

    /** What a script has set in this boot without any effect on the simulated network. */
    private static final class State {
        private String hostname;
        private final Map<String, Object> accessPoint = new HashMap<>(4);

        State(Device device) {
            this.hostname = String.format("NODE-%06X", device.chipId());
            accessPoint.put("ssid", hostname);
            accessPoint.put("pwd", "");
        }
    }

    private static State state(LuaCall call) {
        return Caller.device(call).state(State.class, State::new);
    }

    private static WifiStation station(LuaCall call) {
        return Caller.device(call).network().station();
    }

    private static WifiEvents events(LuaCall call) {
        return Caller.device(call).state(WifiEvents.class, WifiEvents::new);
    }

    private static int setMode(LuaCall call) {
        int wanted = call.between(1, WifiStation.NULLMODE, WifiStation.STATIONAP);
        WifiStation station = station(call);
        int before = station.mode();
        if (before != wanted) {
            events(call).modeChanged(before, wanted);
        }
        station.mode(wanted);
        return call.push(wanted);
    }

    /** A table, or name, password, auto-connect and access point in order. */
    private static int config(LuaCall call) {
        String ssid;
        String password;
        boolean auto;
        if (call.isTable(1)) {
            ssid = call.textField(1, "ssid");
            password = call.textField(1, "pwd");
            int at = call.pushField(1, "auto");
            auto = call.isNoneOrNil(at) || call.truth(at);
            call.pop(1);
            if (ssid == null || ssid.isEmpty() || ssid.length() > 32) {
                throw call.argument(1, "ssid required, 1 to 32 characters");
            }
            events(call).takeCallbacks(call, 1);
        } else {
            ssid = call.text(1);
            password = call.isString(2) ? call.text(2) : null;
            if (ssid.isEmpty() || ssid.length() > 32) {
                throw call.argument(1, "ssid: 1 to 32 characters");
            }
            auto = call.isNoneOrNil(3) || !call.isNumber(3) || call.integer(3) != 0;
        }
        station(call).configure(ssid, password, auto);
        return call.push(true);
    }

    private static int setIp(LuaCall call) {
        call.needTable(1);
        String ip = call.textField(1, "ip");
        if (ip == null) {
            throw call.argument(1, "ip required");
        }
        try {
            WifiStation station = station(call);
            station.address(ip);
        } catch (IllegalArgumentException e) {
            throw call.argument(1, String.valueOf(e.getMessage()));
        }
        return call.push(true);
    }

    private static int shownConfig(LuaCall call, boolean alwaysTable) {
        WifiStation station = station(call);
        if (alwaysTable || call.truth(1)) {
            int table = call.newTable();
            call.set(table, "ssid", station.ssid());
            call.set(table, "pwd", station.password());
            call.set(table, "auto", station.isAuto());
            call.set(table, "bssid_set", false);
            call.set(table, "bssid", station.settings().bssid());
            return 1;
        }
        return call.pushAll(
                station.ssid(), station.password(), 0, station.settings().bssid());
    }

    /** The ESP8266 remembers up to five access points; the simulated one remembers one. */
    private static int storedAccessPoints(LuaCall call) {
        WifiStation station = station(call);
        int info = call.newTable();
        call.set(info, "qty", 1);
        int first = call.newTable();
        call.set(first, "ssid", station.ssid());
        call.set(first, "pwd", station.password());
        call.set(first, "bssid", station.settings().bssid());
        call.setTop(info, 1);
        return 1;
    }

    private static int configAp(LuaCall call) {
        call.needTable(1);
        String ssid = call.textField(1, "ssid");
        if (ssid == null || ssid.isEmpty() || ssid.length() > 32) {
            throw call.argument(1, "ssid required, 1 to 32 characters");
        }
        Map<String, Object> kept = state(call).accessPoint;
        for (String key : new String[] {"ssid", "pwd", "auth", "channel", "hidden", "max", "beacon"}) {
            Object value = call.field(1, key);
            if (value != null) {
                kept.put(key, value);
            }
        }
        return call.push(true);
    }

    private static int shownAp(LuaCall call) {
        Map<String, Object> kept = state(call).accessPoint;
        if (call.truth(1) || Caller.profile(call).isEsp32()) {
            int table = call.newTable();
            kept.forEach((key, value) -> call.set(table, key, value));
            return 1;
        }
        return call.pushAll(kept.get("ssid"), kept.get("pwd"));
    }

    /** {@code getap([config,] [format,] callback)}: the simulated access point is the only one in reach. */
    private static int accessPoints(LuaCall call) {
        int format = 0;
        String wanted = null;
        LuaRef callback = null;
        for (int i = 1; i <= call.count(); i++) {
            if (call.isFunction(i)) {
                callback = call.ref(i);
            } else if (call.isTable(i)) {
                wanted = call.textField(i, "ssid");
            } else if (call.isNumber(i)) {
                format = (int) call.integer(i);
            }
        }
        LuaRef done = callback;
        if (done == null) {
            return 0;
        }
        Device device = Caller.device(call);
        boolean byBssid = format == 1;
        String only = wanted;
        device.after(SCAN_NANOS, () -> {
            device.call(done, found(device.network().station(), byBssid, only));
            done.release();
        });
        return 0;
    }

    private static LuaTable found(WifiStation station, boolean byBssid, @Nullable String only) {
        LuaTable list = new LuaTable();
        String ssid = station.accessPoint();
        if (!station.isAccessPointInReach() || ssid.isEmpty() || only != null && !only.equals(ssid)) {
            return list;
        }
        String bssid = station.settings().bssid();
        String rest = "," + station.settings().channel();
        return byBssid
                ? list.with(bssid, ssid + "," + station.rssi() + "," + WPA2_PSK + rest)
                : list.with(ssid, WPA2_PSK + "," + station.rssi() + "," + bssid + rest);
    }

    /** The ESP32's {@code scan(config, function(error, list))}. */
    private static int scan(LuaCall call) {
        LuaRef done = call.function(2);
        Device device = Caller.device(call);
        WifiEvents events = events(call);
        device.after(SCAN_NANOS, () -> {
            WifiStation station = device.network().station();
            LuaTable list = new LuaTable();
            if (station.isAccessPointInReach()) {
                list.add(events.accessPoint()
                        .with("rssi", station.rssi())
                        .with("channel", station.settings().channel())
                        .with("auth", WPA2_PSK));
            }
            device.call(done, null, list);
            done.release();
        });
        return 0;
    }
}
