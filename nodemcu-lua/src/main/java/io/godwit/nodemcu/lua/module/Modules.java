package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.Profile;
import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Every module of the firmware by name: those that are here, and those that the device has but this host has not. */
public final class Modules implements Function<String, @Nullable LuaLibrary> {

    private static final Map<String, LuaLibrary> PRESENT = present();

    /** Modules of the ESP8266 and ESP32 firmware that this host lacks. */
    private static final Set<String> ABSENT = Set.of(
            "bloom",
            "can",
            "coap",
            "color_utils",
            "dcc",
            "eromfs",
            "gdbstub",
            "gpio_pulse",
            "hmc5883l",
            "hx711",
            "i2s",
            "mcp4725",
            "otaupgrade",
            "pcm",
            "pcnt",
            "perf",
            "pulsecnt",
            "qrcodegen",
            "rc",
            "rfswitch",
            "rmt",
            "rotary",
            "sdmmc",
            "sigma_delta",
            "sodium",
            "softuart",
            "somfy",
            "ssl",
            "switec",
            "tcs34725",
            "tls",
            "tm1829",
            "touch",
            "uart_pcnt",
            "ucg",
            "websocket",
            "wiegand",
            "wps",
            "ws2812_effects",
            "ws2801",
            "xpt2046",
            "yeelink",
            "bthci",
            "ble",
            "ads1115",
            "gossip",
            "mcp23017",
            "rfm69");

    private static final Map<String, LuaLibrary> MISSING = missing();

    private final Profile profile;

    public Modules(Profile profile) {
        this.profile = profile;
    }

    @Override
    public @Nullable LuaLibrary apply(String name) {
        if (profile.isStrict() && name.equals("mqtt")) {
            return MqttModule.STRICT;
        }
        LuaLibrary library = PRESENT.get(name);
        return library == null ? MISSING.get(name) : library;
    }

    /** Warns of a function that the firmware of the profile lacks. The lenient profile {@code esp32} has them all. */
    public void used(LuaCall call, String name) {
        if (profile != Profile.ESP32 && !FirmwareModules.hasFunction(profile, name)) {
            Caller.device(call)
                    .warn(
                            WarningType.PROFILE,
                            call.where() + ": the firmware " + profile + " has no '" + name + "'; it works here");
        }
    }

    /** The names of the modules that are here, in order. */
    public static Set<String> names() {
        return PRESENT.keySet();
    }

    /** Whether the firmware has a module of that name that this host lacks. */
    public static boolean isMissing(String name) {
        return ABSENT.contains(name);
    }

    private static Map<String, LuaLibrary> present() {
        Map<String, LuaLibrary> modules = new TreeMap<>();
        Stream.of(
                        List.of(
                                MqttModule.LIBRARY,
                                TmrModule.LIBRARY,
                                NodeModule.LIBRARY,
                                FileModule.LIBRARY,
                                WifiModule.LIBRARY,
                                GpioModule.LIBRARY,
                                UartModule.LIBRARY,
                                OneWireModule.LIBRARY,
                                NetModule.LIBRARY,
                                HttpModule.LIBRARY,
                                PipeModule.LIBRARY),
                        SensorModules.LIBRARIES,
                        BusModules.LIBRARIES,
                        JsonModules.LIBRARIES,
                        TimeModules.LIBRARIES,
                        BitModules.LIBRARIES,
                        CryptoModules.LIBRARIES,
                        LightModules.LIBRARIES,
                        OutputModules.LIBRARIES,
                        DisplayModules.LIBRARIES,
                        SetupModules.LIBRARIES)
                .flatMap(List::stream)
                .forEach(library -> modules.put(library.name(), library));
        return modules;
    }

    private static Map<String, LuaLibrary> missing() {
        Map<String, LuaLibrary> modules = new TreeMap<>();
        for (String name : new TreeSet<>(ABSENT)) {
            modules.put(
                    name,
                    LuaLibrary.module(name)
                            .otherwise(call -> {
                                String function = call.text(2);
                                return call.pushFunction(function, false, inner -> {
                                    throw new LuaError("'" + name + "." + function
                                            + "' exists on the device, but this host has no module '" + name + "'");
                                });
                            })
                            .build());
        }
        return modules;
    }
}
