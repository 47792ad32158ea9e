package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.Profile;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Which firmware has which module and function, from the documentation of the releases and the function tables in their
 * code. Scripts get all modules in every profile; this is for documents, checks and warnings.
 */
public final class FirmwareModules {

    private static final Set<Profile> ESP32 = EnumSet.of(Profile.ESP32, Profile.ESP32_STRICT);
    private static final Set<Profile> ESP8266 =
            EnumSet.of(Profile.ESP8266_1_5, Profile.ESP8266_2_2, Profile.ESP8266_3_0);
    private static final Set<Profile> SINCE_2_2 = EnumSet.of(Profile.ESP8266_2_2, Profile.ESP8266_3_0);
    private static final Set<Profile> ONLY_3_0 = EnumSet.of(Profile.ESP8266_3_0);
    private static final Set<Profile> ONLY_1_5 = EnumSet.of(Profile.ESP8266_1_5);
    private static final Set<Profile> ONLY_2_2 = EnumSet.of(Profile.ESP8266_2_2);
    private static final Set<Profile> UNTIL_2_2 = EnumSet.of(Profile.ESP8266_1_5, Profile.ESP8266_2_2);
    private static final Set<Profile> ALL = EnumSet.allOf(Profile.class);
    /** Functions of releases before 1.5, which scripts still call. */
    private static final Set<Profile> NONE = EnumSet.noneOf(Profile.class);

    private static final Set<Profile> NEWER = without(ALL, ONLY_1_5);

    /** Modules that not all firmware has. */
    private static final Map<String, Set<Profile>> MODULES = Map.ofEntries(
            Map.entry("adxl345", SINCE_2_2),
            Map.entry("am2320", ESP8266),
            Map.entry("apa102", ESP8266),
            Map.entry("bme280", ESP8266),
            Map.entry("bmp085", ESP8266),
            Map.entry("cjson", ONLY_1_5),
            Map.entry("cron", SINCE_2_2),
            Map.entry("dac", ESP32),
            Map.entry("enduser_setup", ESP8266),
            Map.entry("hdc1080", SINCE_2_2),
            Map.entry("ledc", ESP32),
            Map.entry("mdns", ESP8266),
            Map.entry("pipe", union(ESP32, ONLY_3_0)),
            Map.entry("pixbuf", ONLY_3_0),
            Map.entry("pwm", ESP8266),
            Map.entry("rtcmem", ESP8266),
            Map.entry("rtctime", ESP8266),
            Map.entry("si7021", SINCE_2_2),
            Map.entry("sjson", NEWER),
            Map.entry("sntp", ESP8266),
            Map.entry("time", ESP32),
            Map.entry("tsl2561", ESP8266),
            Map.entry("u8g", UNTIL_2_2),
            Map.entry("u8g2", NEWER));

    /** Functions that not every firmware with their module has. */
    private static final Map<String, Set<Profile>> FUNCTIONS = Map.ofEntries(
            Map.entry("net.cert", NEWER),
            Map.entry("net.multicastJoin", NEWER),
            Map.entry("net.multicastLeave", NEWER),
            Map.entry("node.flashreload", union(ESP32, SINCE_2_2)),
            Map.entry("node.getpartitiontable", ONLY_3_0),
            Map.entry("node.setpartitiontable", ONLY_3_0),
            Map.entry("node.startup", ONLY_3_0),
            Map.entry("node.startupcommand", ONLY_3_0),
            Map.entry("tmr.suspend", ONLY_2_2),
            Map.entry("tmr.suspend_all", SINCE_2_2),
            Map.entry("tmr.resume", ONLY_2_2),
            Map.entry("tmr.resume_all", SINCE_2_2),
            Map.entry("wifi.monitor", SINCE_2_2),
            Map.entry("wifi.resume", SINCE_2_2),
            Map.entry("wifi.suspend", SINCE_2_2),
            Map.entry("wifi.startsmart", ESP8266),
            Map.entry("wifi.stopsmart", ESP8266),
            Map.entry("i2c.transfer", ESP32),
            Map.entry("adc.force_init_mode", ESP8266),
            Map.entry("adc.read_hall_sensor", ESP32),
            Map.entry("adc.readvdd33", ESP8266),
            Map.entry("adc.setup", ESP32),
            Map.entry("adc.setwidth", ESP32),
            Map.entry("dht.read12", ONLY_3_0),
            Map.entry("dht.read2x", ESP32),
            Map.entry("dht.readxx", ESP8266),
            Map.entry("dht.read", ESP8266),
            Map.entry("file.mkdir", ESP32),
            Map.entry("file.mount", ESP8266),
            Map.entry("file.getcontents", NEWER),
            Map.entry("file.putcontents", NEWER),
            Map.entry("file.stat", NEWER),
            Map.entry("gpio.config", ESP32),
            Map.entry("gpio.set_drive", ESP32),
            Map.entry("gpio.wakeup", ESP32),
            Map.entry("gpio.mode", ESP8266),
            Map.entry("gpio.serout", ESP8266),
            Map.entry("gpio.pulse", SINCE_2_2),
            Map.entry("http.createConnection", ESP32),
            Map.entry("http.delete", ESP8266),
            Map.entry("http.request", ESP8266),
            Map.entry("net.createUDPSocket", NEWER),
            Map.entry("net.ifinfo", ONLY_3_0),
            Map.entry("net.ping", ONLY_3_0),
            Map.entry("node.LFS", union(ESP32, ONLY_3_0)),
            Map.entry("node.egc", ALL),
            Map.entry("node.flashindex", union(ESP32, SINCE_2_2)),
            Map.entry("node.sleep", union(ESP32, SINCE_2_2)),
            Map.entry("node.task", ALL),
            Map.entry("node.uptime", union(ESP32, ONLY_3_0)),
            Map.entry("spi.master", ESP32),
            Map.entry("spi.recv", ESP8266),
            Map.entry("spi.send", ESP8266),
            Map.entry("spi.set_clock_div", SINCE_2_2),
            Map.entry("spi.set_mosi", ESP8266),
            Map.entry("spi.get_miso", ESP8266),
            Map.entry("spi.setup", ESP8266),
            Map.entry("spi.slave", ESP32),
            Map.entry("spi.transaction", ESP8266),
            Map.entry("tmr.alarm", UNTIL_2_2),
            Map.entry("tmr.stop", UNTIL_2_2),
            Map.entry("tmr.start", UNTIL_2_2),
            Map.entry("tmr.register", UNTIL_2_2),
            Map.entry("tmr.unregister", UNTIL_2_2),
            Map.entry("tmr.interval", UNTIL_2_2),
            Map.entry("tmr.state", UNTIL_2_2),
            Map.entry("uart.start", ESP32),
            Map.entry("uart.stop", ESP32),
            Map.entry("uart.setmode", ESP32),
            Map.entry("uart.txflush", ESP32),
            Map.entry("uart.wakeup", ESP32),
            Map.entry("uart.alt", ESP8266),
            Map.entry("wifi.eventmon", ESP8266),
            Map.entry("wifi.mode", ESP32),
            Map.entry("wifi.setmode", ESP8266),
            Map.entry("wifi.start", ESP32),
            Map.entry("wifi.stop", ESP32),
            Map.entry("wifi.sta.getap", ESP8266),
            Map.entry("wifi.sta.getapinfo", ESP8266),
            Map.entry("wifi.sta.getip", ESP8266),
            Map.entry("wifi.sta.getrssi", ESP8266),
            Map.entry("wifi.sta.on", ESP32),
            Map.entry("wifi.sta.scan", ESP32),
            Map.entry("wifi.sta.status", ESP8266),
            Map.entry("wifi.sta.eventMonReg", ONLY_1_5),
            Map.entry("wifi.sta.eventMonStart", ONLY_1_5),
            Map.entry("wifi.sta.eventMonStop", ONLY_1_5),
            Map.entry("wifi.ap.on", ESP32),
            Map.entry("node.dsleepMax", SINCE_2_2),
            Map.entry("node.dsleepsetoption", NONE),
            Map.entry("node.getcpufreq", SINCE_2_2),
            Map.entry("node.random", SINCE_2_2),
            Map.entry("node.flashid", ESP8266),
            Map.entry("node.flashsize", ESP8266),
            Map.entry("node.readrcr", ONLY_3_0),
            Map.entry("node.restore", ESP8266),
            Map.entry("node.setcpufreq", ESP8266),
            Map.entry("node.writercr", ONLY_3_0),
            Map.entry("node.key", ONLY_1_5),
            Map.entry("node.led", ONLY_1_5),
            Map.entry("node.readvdd33", NONE),
            Map.entry("node.setonerror", union(ESP32, ONLY_3_0)),
            Map.entry("node.egc.meminfo", SINCE_2_2),
            Map.entry("tmr.ccount", ONLY_3_0),
            Map.entry("tmr.delay", ESP8266),
            Map.entry("tmr.now", ESP8266),
            Map.entry("tmr.softwd", ESP8266),
            Map.entry("tmr.time", ESP8266),
            Map.entry("tmr.wdclr", ESP8266),
            Map.entry("wifi.getphymode", ESP8266),
            Map.entry("wifi.setphymode", ESP8266),
            Map.entry("wifi.nullmodesleep", SINCE_2_2),
            Map.entry("wifi.setmaxtxpower", SINCE_2_2),
            Map.entry("wifi.sleeptype", ESP8266),
            Map.entry("wifi.setcountry", SINCE_2_2),
            Map.entry("wifi.getcountry", SINCE_2_2),
            Map.entry("wifi.getdefaultmode", ESP8266),
            Map.entry("wifi.sta.autoconnect", ESP8266),
            Map.entry("wifi.sta.changeap", ESP8266),
            Map.entry("wifi.sta.clearconfig", SINCE_2_2),
            Map.entry("wifi.sta.getapindex", ESP8266),
            Map.entry("wifi.sta.getbroadcast", ESP8266),
            Map.entry("wifi.sta.getdefaultconfig", ESP8266),
            Map.entry("wifi.sta.gethostname", ESP8266),
            Map.entry("wifi.sta.setaplimit", ESP8266),
            Map.entry("wifi.sta.setmac", ESP8266),
            Map.entry("wifi.sta.sleeptype", ESP8266),
            Map.entry("wifi.ap.deauth", ESP8266),
            Map.entry("wifi.ap.getbroadcast", ESP8266),
            Map.entry("wifi.ap.getclient", ESP8266),
            Map.entry("wifi.ap.getconfig", ESP8266),
            Map.entry("wifi.ap.getdefaultconfig", ESP8266),
            Map.entry("wifi.ap.getip", ESP8266),
            Map.entry("wifi.ap.setmac", ESP8266),
            Map.entry("wifi.ap.dhcp", ESP8266),
            Map.entry("wifi.sta.settxpower", ESP32),
            Map.entry("wifi.ap.sethostname", ESP32),
            Map.entry("i2c.slave", ESP32),
            Map.entry("uart.fifodepth", ONLY_3_0),
            Map.entry("ws2812.init", ESP8266));

    private FirmwareModules() {}

    private static Set<Profile> union(Set<Profile> first, Set<Profile> second) {
        EnumSet<Profile> union = EnumSet.copyOf(first);
        union.addAll(second);
        return union;
    }

    private static Set<Profile> without(Set<Profile> all, Set<Profile> some) {
        EnumSet<Profile> rest = EnumSet.copyOf(all);
        rest.removeAll(some);
        return rest;
    }

    /** Whether the firmware of a profile has a module. */
    public static boolean has(Profile profile, String module) {
        return MODULES.getOrDefault(module, ALL).contains(profile);
    }

    /**
     * Whether the firmware of a profile has a function.
     *
     * @param name with its module, such as {@code wifi.sta.getip}
     */
    public static boolean hasFunction(Profile profile, String name) {
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            String part = name.substring(0, dot);
            if (!(part.contains(".") ? FUNCTIONS.getOrDefault(part, ALL).contains(profile) : has(profile, part))) {
                return false;
            }
        }
        return FUNCTIONS.getOrDefault(name, ALL).contains(profile);
    }
}
