package io.godwit.nodemcu.lua;

import io.godwit.nodemcu.Profile;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A device under test, as a parameter of a test method of JUnit 5 or 6. It runs its script in virtual time, with a broker
 * in the same clock that answers to every address.
 *
 * <pre>{@code
 * @Test
 * void publishesTheTemperature(@GodwitDevice("src/device/init.lua") Device device, DeviceTest test) {
 *     device.hardware().set("dht.4.temperature", 23.5);
 *     SeenMessage reading = test.expectPublish("home/temperature", Duration.ofMinutes(1));
 *     assertEquals("23.5", reading.text());
 * }
 * }</pre>
 *
 * <p>An error that the script does not catch fails the test, unless the test takes it with {@code device.takeFailure()}.
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(DeviceExtension.class)
public @interface GodwitDevice {

    /** The script, or the folder with {@code init.lua} in it, from the project's folder. */
    String value();

    /** A scenario file, or nothing. */
    String scenario() default "";

    /** Feeds everything random. */
    long seed() default 1;

    /** 3.1 or 3.1.1. */
    String version() default "3.1.1";

    Profile profile() default Profile.ESP32;
}
