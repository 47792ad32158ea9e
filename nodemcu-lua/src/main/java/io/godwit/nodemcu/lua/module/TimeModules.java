package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceClock;
import io.godwit.nodemcu.lua.device.RtcMemory;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaRef;
import io.godwit.nodemcu.lua.vm.LuaTable;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Dates: {@code rtctime}, {@code rtcmem}, {@code sntp}, the ESP32's {@code time}, and {@code cron}. A synchronisation
 * takes the date of the device's clock, so that virtual time repeats exactly; no server is asked.
 */
final class TimeModules {

    private static final long NTP_NANOS = 60_000_000L;
    private static final long NTP_TIMEOUT_NANOS = 5_000_000_000L;
    private static final long RESYNC_NANOS = 1_000_000_000_000L;

    private static final LuaLibrary RTCTIME = LuaLibrary.module("rtctime")
            .function("get", call -> {
                long micros = micros(Caller.device(call));
                return call.pushAll(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L), 0);
            })
            .function("set", call -> {
                set(call, call.number(1), call.number(2, 0));
                return 0;
            })
            .function("epoch2cal", call -> calendar(call, call.integer(1)))
            .function("adjust_delta", call -> {
                Device device = Caller.device(call);
                device.rtc().shift(call.integer(1));
                return 0;
            })
            .function("dsleep", call -> {
                Caller.device(call).sleep(Math.max(0, call.integer(1)));
                throw new LuaError("deep sleep");
            })
            .function("dsleep_aligned", call -> {
                Device device = Caller.device(call);
                long aligned = Math.max(1, call.integer(1));
                long least = call.integer(2, 0);
                long now = micros(device);
                long wake = Math.floorDiv(now + least + aligned - 1, aligned) * aligned;
                device.sleep(wake - now);
                throw new LuaError("deep sleep");
            })
            .build();

    private static final LuaLibrary RTCMEM = LuaLibrary.module("rtcmem")
            .function("read32", call -> {
                int from = call.between(1, 0, RtcMemory.WORDS - 1);
                int count = (int) Math.min(call.integer(2, 1), RtcMemory.WORDS - from);
                for (int i = 0; i < count; i++) {
                    call.push(Caller.device(call).rtc().read(from + i));
                }
                return Math.max(0, count);
            })
            .function("write32", call -> {
                int from = call.between(1, 0, RtcMemory.WORDS - 1);
                int values = call.count() - 1;
                if (from + values > RtcMemory.WORDS) {
                    throw call.argument(1, "RTC mem would overrun");
                }
                for (int i = 0; i < values; i++) {
                    Caller.device(call).rtc().write(from + i, (int) call.integer(i + 2));
                }
                return 0;
            })
            .build();

    private static final LuaLibrary SNTP = LuaLibrary.module("sntp")
            .function("sync", TimeModules::sync)
            .fixed("setoffset", call -> 0)
            .fixed("getoffset", call -> call.push(0))
            .build();

    private static final LuaLibrary TIME = LuaLibrary.module("time")
            .function("get", call -> {
                long micros = micros(Caller.device(call));
                return call.pushAll(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L));
            })
            .function("set", call -> {
                set(call, call.number(1), 0);
                return 0;
            })
            .function("getlocal", call -> local(call, Math.floorDiv(micros(Caller.device(call)), 1_000_000L)))
            .function("epoch2cal", call -> local(call, call.integer(1)))
            .function("cal2epoch", call -> {
                call.needTable(1);
                LocalDateTime date = LocalDateTime.of((int) call.numberField(1, "year", 1970), 1, 1, 0, 0)
                        .plusMonths((long) call.numberField(1, "mon", 1) - 1)
                        .plusDays((long) call.numberField(1, "day", 1) - 1)
                        .plusHours((long) call.numberField(1, "hour", 0))
                        .plusMinutes((long) call.numberField(1, "min", 0))
                        .plusSeconds((long) call.numberField(1, "sec", 0));
                return call.push((double) date.toEpochSecond(ZoneOffset.UTC));
            })
            .fixed("settimezone", call -> 0)
            .function("initntp", call -> {
                Device device = Caller.device(call);
                device.network()
                        .whenOnline(
                                call.where() + ": time.initntp()",
                                () -> device.after(NTP_NANOS, () -> take(device)),
                                () -> {});
                return 0;
            })
            .fixed("ntpenabled", call -> call.push(true))
            .fixed("ntpstop", call -> 0)
            .build();

    private static final LuaLibrary CRON_ENTRY = LuaLibrary.object("cron.entry")
            .function("schedule", call -> {
                call.object(1, Cron.Entry.class, "cron.entry").mask = Cron.parse(call.text(2));
                return 0;
            })
            .function("handler", call -> {
                Cron.Entry entry = call.object(1, Cron.Entry.class, "cron.entry");
                entry.function.release();
                entry.function = call.function(2);
                return 0;
            })
            .function("unschedule", call -> {
                Cron.Entry entry = call.object(1, Cron.Entry.class, "cron.entry");
                cron(call).entries.remove(entry);
                entry.unscheduled();
                return 0;
            })
            .collected(call -> {
                call.object(1, Cron.Entry.class, "cron.entry").function.release();
                return 0;
            })
            .build();

    private static final LuaLibrary CRON = LuaLibrary.module("cron")
            .function("schedule", call -> {
                Cron.Entry entry = new Cron.Entry(Cron.parse(call.text(1)), call.function(2));
                call.pushObject(entry, CRON_ENTRY);
                entry.self = call.ref(-1);
                cron(call).add(entry);
                return 1;
            })
            .function("reset", call -> {
                cron(call).entries.forEach(Cron.Entry::unscheduled);
                cron(call).entries.clear();
                return 0;
            })
            .build();

    static final List<LuaLibrary> LIBRARIES = List.of(RTCTIME, RTCMEM, SNTP, TIME, CRON);

    private TimeModules() {}

    /** Zero until the date was set, as on the chip. */
    private static long micros(Device device) {
        return device.rtc().dateMicros(device.ageNanos() / 1000);
    }

    private static void set(LuaCall call, double seconds, double micros) {
        Device device = Caller.device(call);
        device.rtc().setDate((long) (seconds * 1e6 + micros), device.ageNanos() / 1000);
    }

    /** Takes the date that a server would have given. */
    private static void take(Device device) {
        Instant date = device.date();
        device.rtc().setDate(date.getEpochSecond() * 1_000_000L + date.getNano() / 1000, device.ageNanos() / 1000);
    }

    /** A calendar of the ESP32: with daylight saving, which UTC does not have. */
    private static int local(LuaCall call, long seconds) {
        calendar(call, seconds);
        call.set(call.count(), "dst", 0);
        return 1;
    }

    private static int calendar(LuaCall call, long seconds) {
        // The chip's time is 32 bits.
        long time = Math.max(Integer.MIN_VALUE, Math.min(0xFFFFFFFFL, seconds));
        LocalDateTime date = LocalDateTime.ofEpochSecond(time, 0, ZoneOffset.UTC);
        int table = call.newTable();
        call.set(table, "year", date.getYear());
        call.set(table, "mon", date.getMonthValue());
        call.set(table, "day", date.getDayOfMonth());
        call.set(table, "hour", date.getHour());
        call.set(table, "min", date.getMinute());
        call.set(table, "sec", date.getSecond());
        call.set(table, "yday", date.getDayOfYear());
        call.set(table, "wday", date.getDayOfWeek().getValue() % 7 + 1);
        return 1;
    }

    /** {@code sync([server][, callback][, error callback][, repeat])}. */
    private static int sync(LuaCall call) {
        Device device = Caller.device(call);
        String server = call.isString(1) ? call.text(1) : "0.nodemcu.pool.ntp.org";
        LuaRef done = call.isFunction(2) ? call.ref(2) : null;
        LuaRef failed = call.isFunction(3) ? call.ref(3) : null;
        boolean repeats = call.isNumber(4) && call.integer(4) != 0;
        device.network()
                .whenOnline(
                        call.where() + ": sntp.sync()",
                        () -> device.after(
                                device.network().flows() ? NTP_NANOS : NTP_TIMEOUT_NANOS,
                                () -> answer(device, server, done, failed, repeats)),
                        () -> answer(device, server, done, failed, repeats));
        return 0;
    }

    private static void answer(
            Device device, String server, @Nullable LuaRef done, @Nullable LuaRef failed, boolean repeats) {
        if (device.network().flows()) {
            take(device);
            long micros = micros(device);
            if (done != null) {
                device.call(
                        done,
                        Math.floorDiv(micros, 1_000_000L),
                        Math.floorMod(micros, 1_000_000L),
                        server,
                        new LuaTable()
                                .with("offset_us", 0)
                                .with("delay_us", NTP_NANOS / 1000)
                                .with("stratum", 2));
            }
        } else if (failed != null) {
            device.call(failed, 4, null);
        }
        if (repeats) {
            device.after(RESYNC_NANOS, () -> answer(device, server, done, failed, true));
        }
    }

    private static Cron cron(LuaCall call) {
        return Caller.device(call).state(Cron.class, Cron::new);
    }

    /** The table of a boot: looked through at each full minute. */
    private static final class Cron {
        private static final long MINUTE_MICROS = 60_000_000L;

        private final Device device;
        private final List<Entry> entries = new ArrayList<>();
        private DeviceClock.@Nullable Alarm alarm;

        Cron(Device device) {
            this.device = device;
        }

        static final class Entry {
            private boolean[][] mask;
            private LuaRef function;
            private @Nullable LuaRef self;

            Entry(boolean[][] mask, LuaRef function) {
                this.mask = mask;
                this.function = function;
            }

            /** Nothing but the script refers to it any more. */
            void unscheduled() {
                if (self != null) {
                    self.release();
                }
            }
        }

        void add(Entry entry) {
            entries.add(entry);
            if (alarm == null) {
                arm();
            }
        }

        private void arm() {
            long into = Math.floorMod(micros(device), MINUTE_MICROS);
            alarm = device.after((MINUTE_MICROS - into) * 1000, this::minute);
        }

        private void minute() {
            arm();
            LocalDateTime now =
                    LocalDateTime.ofEpochSecond(Math.floorDiv(micros(device), 1_000_000L), 0, ZoneOffset.UTC);
            int[] values = {
                now.getMinute(),
                now.getHour(),
                now.getDayOfMonth(),
                now.getMonthValue(),
                now.getDayOfWeek().getValue() % 7
            };
            for (Entry entry : List.copyOf(entries)) {
                boolean due = true;
                for (int i = 0; i < values.length; i++) {
                    due &= entry.mask[i][values[i]];
                }
                if (due) {
                    device.call(entry.function, entry.self);
                }
            }
        }

        /** Minute, hour, day, month, weekday: numbers, lists, ranges, stars and steps. */
        static boolean[][] parse(String text) {
            String[] fields = text.trim().split("\\s+");
            if (fields.length != 5) {
                throw new LuaError("invalid spec: five fields needed, got " + fields.length);
            }
            boolean[][] mask = new boolean[5][];
            int[] sizes = {60, 24, 32, 13, 7};
            try {
                for (int i = 0; i < 5; i++) {
                    mask[i] = new boolean[sizes[i]];
                    for (String part : fields[i].split(",")) {
                        String[] step = part.split("/");
                        int every = step.length > 1 ? Integer.parseInt(step[1]) : 1;
                        String[] range = step[0].split("-");
                        int low = step[0].equals("*") ? 0 : Integer.parseInt(range[0]);
                        int high = step[0].equals("*") ? sizes[i] - 1 : Integer.parseInt(range[range.length - 1]);
                        for (int v = low; v <= high; v += Math.max(1, every)) {
                            mask[i][v] = true;
                        }
                    }
                }
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                throw new LuaError("invalid spec '" + text + "'");
            }
            return mask;
        }
    }
}
