package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.VirtualHardware;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaRef;
import java.util.List;

/**
 * Sensors with a module of their own, read from the device's hardware: {@code adc}, {@code dht}, {@code bme280},
 * {@code bmp085}, {@code am2320}, {@code si7021}, {@code hdc1080}, {@code tsl2561}, {@code adxl345}. A sensor that nothing
 * sets answers with a plain value, and a warning says how to set it.
 */
final class SensorModules {

    private static final int DHT_TIMEOUT = -2;

    private static final LuaLibrary ADC = LuaLibrary.module("adc")
            .constant("INIT_ADC", 0)
            .constant("INIT_VDD33", 255)
            .constants(1, "ADC1", "ADC2")
            .constants(0, "ATTEN_0db", "ATTEN_2_5db", "ATTEN_6db", "ATTEN_11db")
            .function("read", call -> {
                // One argument on the ESP8266, unit and channel on the ESP32.
                long channel = call.isNoneOrNil(2) ? call.integer(1) : call.integer(2);
                double full = call.isNoneOrNil(2) ? 1024 : 4095;
                double value = sensor(call, "adc." + channel, full / 2);
                // An input that nothing is connected to.
                double read = Double.isNaN(value) ? 0 : value;
                return call.push(Math.rint(Math.max(0, Math.min(full, read))));
            })
            .function("readvdd33", call -> call.push(Math.rint(sensor(call, "adc.vdd33", 3300))))
            .fixed("force_init_mode", call -> call.push(false))
            .fixed("setup", call -> 0)
            .fixed("setwidth", call -> 0)
            .function("read_hall_sensor", call -> call.push(Math.rint(sensor(call, "adc.hall", 20))))
            .build();

    private static final LuaLibrary DHT = LuaLibrary.module("dht")
            .constant("OK", 0)
            .constant("ERROR_CHECKSUM", -1)
            .constant("ERROR_TIMEOUT", DHT_TIMEOUT)
            .function("read", call -> dht(call, 10))
            .function("readxx", call -> dht(call, 10))
            .function("read2x", call -> dht(call, 10))
            .function("read11", call -> dht(call, 1))
            .function("read12", call -> dht(call, 10))
            .build();

    private static final LuaLibrary BME280 = LuaLibrary.module("bme280")
            .function("setup", SensorModules::setUpBme280)
            .function("init", SensorModules::setUpBme280)
            .function("startreadout", call -> {
                LuaRef done = call.functionOrNull(2);
                Device device = Caller.device(call);
                long millis = call.integer(1, 0) == 0 ? 113 : call.integer(1);
                if (done != null) {
                    device.after(millis * 1_000_000L, () -> {
                        device.call(done);
                        done.release();
                    });
                }
                return 0;
            })
            .function("temp", call -> {
                double temperature = Math.rint(temperature(call, "bme280") * 100);
                return call.pushAll(temperature, temperature * 51.2);
            })
            .function("humi", call -> call.pushAll(Math.rint(humidity(call, "bme280") * 1000), 0))
            .function("baro", call -> call.pushAll(Math.rint(pressure(call, "bme280") * 1000), 0))
            .function("read", call -> {
                double hectopascal = pressure(call, "bme280");
                if (Double.isNaN(hectopascal)) {
                    return call.pushNil();
                }
                call.push(Math.rint(temperature(call, "bme280") * 100));
                call.push(Math.rint(hectopascal * 1000));
                call.push(Math.rint(humidity(call, "bme280") * 1000));
                if (call.isNumber(1)) {
                    call.push(Math.rint(seaLevel(hectopascal, call.number(1)) * 1000));
                    return 4;
                }
                return 3;
            })
            .function("qfe2qnh", call -> call.push(Math.rint(seaLevel(call.number(1) / 1000, call.number(2)) * 1000)))
            .function(
                    "altitude",
                    call -> call.push(
                            Math.rint(4_433_000 * (1 - Math.pow(call.number(1) / call.number(2), 1 / 5.255)))))
            .function("dewpoint", call -> {
                double gamma = Math.log(Math.max(1, call.number(1)) / 100_000)
                        + 17.62 * call.number(2) / 100 / (243.12 + call.number(2) / 100);
                return call.push(Math.rint(100 * 243.12 * gamma / (17.62 - gamma)));
            })
            .build();

    private static final LuaLibrary BMP085 = LuaLibrary.module("bmp085")
            .function("setup", call -> {
                needs(call, "bmp085.temperature");
                return 0;
            })
            .function("init", call -> {
                needs(call, "bmp085.temperature");
                return 0;
            })
            .function("temperature", call -> {
                double tenths = Math.rint(temperature(call, "bmp085") * 10);
                return call.pushAll(tenths, temperature(call, "bmp085"));
            })
            .function("pressure", call -> call.push(Math.rint(pressure(call, "bmp085") * 100)))
            .function("pressure_raw", call -> call.push(Math.rint(pressure(call, "bmp085") * 100)))
            .build();

    private static final LuaLibrary AM2320 = LuaLibrary.module("am2320")
            .function("setup", call -> {
                needs(call, "am2320.temperature");
                return call.pushAll(2320, 1, 1);
            })
            .function("init", call -> {
                needs(call, "am2320.temperature");
                return call.pushAll(2320, 1, 1);
            })
            .function(
                    "read",
                    call -> call.pushAll(
                            Math.rint(humidity(call, "am2320") * 10), Math.rint(temperature(call, "am2320") * 10)))
            .build();

    private static final LuaLibrary SI7021 = LuaLibrary.module("si7021")
            .function("setup", call -> {
                needs(call, "si7021.temperature");
                return 0;
            })
            .fixed("setting", call -> call.pushAll(0, 0, 3, 0))
            .function("firmware", call -> call.push(0x20))
            .fixed("serial", call -> call.push("0000000000000000"))
            .function("read", call -> {
                double humidity = humidity(call, "si7021");
                double temperature = temperature(call, "si7021");
                return call.pushAll(
                        humidity, temperature, Math.rint(humidity % 1 * 1000), Math.rint(temperature % 1 * 1000));
            })
            .build();

    private static final LuaLibrary HDC1080 = LuaLibrary.module("hdc1080")
            .function("setup", call -> {
                needs(call, "hdc1080.temperature");
                return 0;
            })
            .function("read", call -> call.pushAll(temperature(call, "hdc1080"), humidity(call, "hdc1080")))
            .build();

    private static final LuaLibrary TSL2561 = LuaLibrary.module("tsl2561")
            .constants(0, "TSL2561_OK", "TSL2561_ERROR_I2CINIT", "TSL2561_ERROR_I2CBUSY", "TSL2561_ERROR_NOINIT")
            .constant("TSL2561_ERROR_LAST", 4)
            .constants(0, "INTEGRATIONTIME_13MS", "INTEGRATIONTIME_101MS", "INTEGRATIONTIME_402MS")
            .constant("GAIN_1X", 0)
            .constant("GAIN_16X", 16)
            .constants(0, "PACKAGE_CS", "PACKAGE_T_FN_CL")
            .constant("ADDRESS_GND", 0x29)
            .constant("ADDRESS_FLOAT", 0x39)
            .constant("ADDRESS_VDD", 0x49)
            .function("init", call -> {
                needs(call, "tsl2561.lux");
                return call.push(0);
            })
            .fixed("settiming", call -> call.push(0))
            .function("getlux", call -> call.pushAll(Math.rint(sensor(call, "tsl2561.lux", 200)), 0))
            .function("getrawchannels", call -> call.pushAll(Math.rint(sensor(call, "tsl2561.lux", 200)), 20, 0))
            .build();

    private static final LuaLibrary ADXL345 = LuaLibrary.module("adxl345")
            .function("setup", call -> {
                needs(call, "adxl345.x");
                return 0;
            })
            .function("init", call -> {
                needs(call, "adxl345.x");
                return 0;
            })
            .function(
                    "read",
                    call -> call.pushAll(
                            Math.rint(sensor(call, "adxl345.x", 0)),
                            Math.rint(sensor(call, "adxl345.y", 0)),
                            Math.rint(sensor(call, "adxl345.z", 256))))
            .build();

    static final List<LuaLibrary> LIBRARIES =
            List.of(ADC, DHT, BME280, BMP085, AM2320, SI7021, HDC1080, TSL2561, ADXL345);

    private SensorModules() {}

    /** What a sensor measures; NaN if it is not attached. */
    static double sensor(LuaCall call, String name, double absent) {
        Device device = Caller.device(call);
        VirtualHardware hardware = device.hardware();
        if (!hardware.has(name) && !hardware.isDetached(name)) {
            device.warn(
                    WarningType.MISSING_SENSOR,
                    "nothing sets the sensor " + name + ": it reads " + (float) absent
                            + "; set it in a scenario, such as  " + name
                            + " = walk 18..25 step 0.2 every 10s, or detach it with  " + name + " = none");
        }
        return hardware.read(name, absent);
    }

    private static int setUpBme280(LuaCall call) {
        boolean attached = !Caller.device(call).hardware().isDetached("bme280.temperature");
        return attached ? call.push(2) : call.pushNil();
    }

    /** For the modules of a chip: an error while it is not attached, as the firmware raises one. */
    private static void needs(LuaCall call, String sensor) {
        if (Caller.device(call).hardware().isDetached(sensor)) {
            throw new LuaError("no device found");
        }
    }

    private static double temperature(LuaCall call, String chip) {
        return sensor(call, chip + ".temperature", 21.5);
    }

    private static double humidity(LuaCall call, String chip) {
        return sensor(call, chip + ".humidity", 50);
    }

    private static double pressure(LuaCall call, String chip) {
        return sensor(call, chip + ".pressure", 1013.25);
    }

    private static double seaLevel(double hectopascal, double metres) {
        return hectopascal * Math.pow(1 - metres / 44330, -5.255);
    }

    /** Without a sensor that answers, the status is ERROR_TIMEOUT. The decimals have the sign of the value. */
    private static int dht(LuaCall call, double resolution) {
        long pin = call.integer(1);
        double temperature = sensor(call, "dht." + pin + ".temperature", 21.5);
        double humidity = sensor(call, "dht." + pin + ".humidity", 50);
        if (Double.isNaN(temperature) || Double.isNaN(humidity)) {
            return call.pushAll(DHT_TIMEOUT, -999, -999, 0, 0);
        }
        double shownTemperature = Math.rint(temperature * resolution) / resolution;
        double shownHumidity = Math.rint(humidity * resolution) / resolution;
        return call.pushAll(0, shownTemperature, shownHumidity, decimals(shownTemperature), decimals(shownHumidity));
    }

    private static double decimals(double value) {
        double whole = value < 0 ? Math.ceil(value) : Math.floor(value);
        return Math.rint((value - whole) * 1000) + 0.0;
    }
}
