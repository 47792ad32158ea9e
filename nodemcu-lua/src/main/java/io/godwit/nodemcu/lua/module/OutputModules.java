package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Analogue outputs: {@code pwm}, and the ESP32's {@code ledc} and {@code dac}. What the script sets is recorded. */
final class OutputModules {

    private static final LuaLibrary PWM = LuaLibrary.module("pwm")
            .function("setup", call -> {
                Channel channel = channel(call);
                channel.clock = call.between(2, 1, 1000);
                channel.duty = call.between(3, 0, 1023);
                return 0;
            })
            .function("start", call -> running(call, true))
            .function("stop", call -> running(call, false))
            .function("close", call -> running(call, false))
            .function("setclock", call -> {
                channel(call).clock = call.between(2, 1, 1000);
                return call.push(channel(call).clock);
            })
            .function("getclock", call -> call.push(channel(call).clock))
            .function("setduty", call -> {
                channel(call).duty = call.between(2, 0, 1023);
                record(call);
                return call.push(channel(call).duty);
            })
            .function("getduty", call -> call.push(channel(call).duty))
            .build();

    private static final LuaLibrary DAC = LuaLibrary.module("dac")
            .constants(1, "CHANNEL_1", "CHANNEL_2")
            .function("enable", call -> {
                call.between(1, 1, 2);
                return 0;
            })
            .function("disable", call -> {
                Caller.device(call).hardware().did("dac." + call.between(1, 1, 2), "off");
                return 0;
            })
            .function("write", call -> {
                int channel = call.between(1, 1, 2);
                Caller.device(call).hardware().did("dac." + channel, String.valueOf(call.between(2, 0, 255)));
                return 0;
            })
            .build();

    private static final LuaLibrary LEDC_CHANNEL = LuaLibrary.object("ledc.channel")
            .function("stop", call -> {
                ledc(call).record(call, call.integer(2, 0) == 0 ? "low" : "high");
                return 0;
            })
            .function("setfreq", call -> {
                ledc(call).frequency = call.between(2, 1, 40_000_000);
                return call.push(ledc(call).frequency);
            })
            .function("getfreq", call -> call.push(ledc(call).frequency))
            .function("setduty", call -> {
                ledc(call).setDuty(call, call.integer(2));
                return 0;
            })
            .function("getduty", call -> call.push(ledc(call).duty))
            .fixed("reset", call -> 0)
            .function("pause", call -> {
                ledc(call).record(call, "paused");
                return 0;
            })
            .function("resume", call -> {
                LedcChannel channel = ledc(call);
                channel.record(call, String.valueOf(channel.duty));
                return 0;
            })
            .function("fadewithtime", call -> {
                long duty = call.integer(2);
                long millis = call.integer(3);
                if (call.integer(4, 0) == 1) {
                    Caller.device(call).spend(Math.max(0, millis) * 1_000_000L);
                }
                ledc(call).setDuty(call, duty);
                return 0;
            })
            .function("fadewithstep", call -> {
                ledc(call).setDuty(call, call.integer(2));
                return 0;
            })
            .function("fade", call -> {
                ledc(call).setDuty(call, call.integer(2));
                return 0;
            })
            .build();

    private static final LuaLibrary LEDC = ledcLibrary();

    static final List<LuaLibrary> LIBRARIES = List.of(PWM, DAC, LEDC);

    private OutputModules() {}

    /** The channels of a device in this boot, by pin. */
    private static final class Channels {
        private final Map<Integer, Channel> byPin = new HashMap<>(2);
    }

    private static final class Channel {
        private int clock = 500;
        private int duty;
        private boolean running;
    }

    private static Channel channel(LuaCall call) {
        int pin = call.between(1, 0, 39);
        return Caller.device(call)
                .state(Channels.class, d -> new Channels())
                .byPin
                .computeIfAbsent(pin, p -> new Channel());
    }

    private static int running(LuaCall call, boolean on) {
        channel(call).running = on;
        record(call);
        return 0;
    }

    private static void record(LuaCall call) {
        Channel channel = channel(call);
        String level = channel.running ? String.valueOf(channel.duty) : "off";
        Caller.device(call).hardware().did("pwm." + call.integer(1), level);
    }

    // ---- ledc

    private static LuaLibrary ledcLibrary() {
        LuaLibrary.Builder ledc = LuaLibrary.module("ledc")
                .constants(0, "HIGH_SPEED", "LOW_SPEED")
                .constants(0, "TIMER_0", "TIMER_1", "TIMER_2", "TIMER_3")
                .constants(0, "IDLE_LOW", "IDLE_HIGH")
                .constants(0, "FADE_NO_WAIT", "FADE_WAIT_DONE")
                .constants(0, "FADE_DECREASE", "FADE_INCREASE")
                .function("newChannel", OutputModules::newChannel);
        for (int i = 0; i < 8; i++) {
            ledc.constant("CHANNEL_" + i, i);
        }
        for (int bits = 1; bits <= 20; bits++) {
            ledc.constant("TIMER_" + bits + "_BIT", bits);
        }
        return ledc.build();
    }

    private static int newChannel(LuaCall call) {
        call.needTable(1);
        LedcChannel channel = new LedcChannel(
                field(call, "gpio", -1, 48), field(call, "bits", 13, 20), field(call, "frequency", -1, 40_000_000));
        field(call, "timer", -1, 3);
        field(call, "channel", -1, 7);
        channel.setDuty(call, field(call, "duty", 0, 1 << channel.bits));
        return call.pushObject(channel, LEDC_CHANNEL);
    }

    /** @param absent -1 if the field is required */
    private static int field(LuaCall call, String key, int absent, int highest) {
        double value = call.numberField(1, key, absent);
        if (!(value >= 0 && value <= highest)) {
            throw call.argument(1, key + " must be between 0 and " + highest);
        }
        return (int) value;
    }

    private static LedcChannel ledc(LuaCall call) {
        return call.object(1, LedcChannel.class, "ledc.channel");
    }

    private static final class LedcChannel {
        private final int pin;
        private final int bits;
        private int frequency;
        private long duty;

        LedcChannel(int pin, int bits, int frequency) {
            this.pin = pin;
            this.bits = bits;
            this.frequency = frequency;
        }

        void setDuty(LuaCall call, long newDuty) {
            if (newDuty < 0 || newDuty > 1L << bits) {
                throw call.argument(2, "duty must be between 0 and " + (1L << bits));
            }
            duty = newDuty;
            record(call, String.valueOf(duty));
        }

        void record(LuaCall call, String level) {
            Device device = Caller.device(call);
            device.hardware().did("ledc." + pin, level);
        }
    }
}
