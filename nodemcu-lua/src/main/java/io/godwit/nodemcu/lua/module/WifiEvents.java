package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.WifiStation;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaRef;
import io.godwit.nodemcu.lua.vm.LuaTable;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Wi-Fi callbacks of a script in this boot, in the four forms that firmware releases have had. */
final class WifiEvents implements WifiStation.Listener {

    static final int CONNECTED = 0;
    static final int DISCONNECTED = 1;
    static final int GOT_IP = 3;
    static final int MODE_CHANGED = 8;

    private final Device device;
    private final WifiStation station;
    /** {@code wifi.eventmon}. */
    private final Map<Integer, LuaRef> monitors = new HashMap<>(4);
    /** The ESP32's {@code wifi.sta.on}. */
    private final Map<String, LuaRef> named = new HashMap<>(2);
    /** {@code wifi.sta.eventMonReg} of the first releases, by status. */
    private final Map<Integer, LuaRef> byStatus = new HashMap<>(1);
    /** The functions given to {@code connect} and {@code disconnect}. */
    private final Map<Integer, LuaRef> once = new HashMap<>(1);

    WifiEvents(Device device) {
        this.device = device;
        this.station = device.network().station();
        station.listener(this);
    }

    private static void replace(@Nullable LuaRef before) {
        if (before != null) {
            before.release();
        }
    }

    void register(int event, @Nullable LuaRef callback) {
        replace(callback == null ? monitors.remove(event) : monitors.put(event, callback));
    }

    void once(int event, @Nullable LuaRef callback) {
        if (callback != null) {
            replace(once.put(event, callback));
        }
    }

    void on(String event, @Nullable LuaRef callback) {
        replace(callback == null ? named.remove(event) : named.put(event, callback));
    }

    void onStatus(int status, @Nullable LuaRef callback) {
        replace(callback == null ? byStatus.remove(status) : byStatus.put(status, callback));
    }

    /** {@code wifi.sta.config} may carry callbacks. */
    void takeCallbacks(LuaCall call, int table) {
        takeCallback(call, table, "connected_cb", CONNECTED);
        takeCallback(call, table, "disconnected_cb", DISCONNECTED);
        takeCallback(call, table, "got_ip_cb", GOT_IP);
    }

    private void takeCallback(LuaCall call, int table, String key, int event) {
        LuaRef callback = call.functionField(table, key);
        if (callback != null) {
            register(event, callback);
        }
    }

    void modeChanged(int before, int now) {
        tell(MODE_CHANGED, null, new LuaTable().with("old_mode", before).with("new_mode", now));
    }

    /** Name and address of the access point, in the capitals of the ESP8266 and the small letters of the ESP32. */
    LuaTable accessPoint() {
        return new LuaTable()
                .with("SSID", station.accessPoint())
                .with("ssid", station.accessPoint())
                .with("BSSID", station.settings().bssid())
                .with("bssid", station.settings().bssid());
    }

    @Override
    public void connected() {
        int channel = station.settings().channel();
        tell(CONNECTED, "connected", accessPoint().with("channel", channel).with("auth", WifiModule.WPA2_PSK));
    }

    @Override
    public void disconnected(WifiStation.Reason reason) {
        tell(DISCONNECTED, "disconnected", accessPoint().with("reason", reason.number()));
    }

    @Override
    public void gotAddress() {
        tell(
                GOT_IP,
                "got_ip",
                new LuaTable()
                        .with("IP", station.address())
                        .with("ip", station.address())
                        .with("netmask", station.netmask())
                        .with("gateway", station.gateway())
                        .with("gw", station.gateway()));
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
            LuaRef old = byStatus.get(station.status().ordinal());
            if (old != null) {
                device.call(old, WifiStation.Status.CONNECTING.ordinal());
            }
        });
    }
}
