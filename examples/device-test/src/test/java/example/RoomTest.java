package example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.nodemcu.lua.DeviceTest;
import io.godwit.nodemcu.lua.GodwitDevice;
import io.godwit.nodemcu.lua.device.Device;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests the device's unchanged script in virtual time, with a broker on the same clock. */
class RoomTest {

    private static final Duration SOON = Duration.ofSeconds(15);

    @Test
    void publishes_the_temperature(@GodwitDevice("src/device") Device device, DeviceTest test) {
        device.hardware().set("dht.4.temperature", 23.5);
        assertEquals("23.5", test.expectPublish("room/temperature", SOON).text());
    }

    @Test
    void switches_the_fan_on_when_it_is_too_hot(@GodwitDevice("src/device") Device device, DeviceTest test) {
        device.hardware().set("dht.4.temperature", 31);
        assertEquals("on", test.expectPublish("room/fan", SOON).text());
        assertEquals(1, device.hardware().gpio(1).level());
    }

    @Test
    void obeys_its_command(@GodwitDevice("src/device") Device device, DeviceTest test) {
        test.expectPublish("room/status", SOON);
        test.advance(Duration.ofSeconds(1));
        test.publish("room/fan/set", "on");
        assertEquals(1, device.hardware().gpio(1).level());
        test.publish("room/fan/set", "off");
        assertEquals(0, device.hardware().gpio(1).level());
    }

    @Test
    void is_offline_after_a_power_cut(@GodwitDevice("src/device") Device device, DeviceTest test) {
        assertEquals("online", test.expectPublish("room/status", SOON).text());
        device.powerOff();
        assertEquals("offline", test.expectPublish("room/status", SOON).text());
    }

    @Test
    void comes_back_when_the_broker_restarts(@GodwitDevice("src/device") Device device, DeviceTest test) {
        test.expectPublish("room/status", SOON);
        test.broker().restart(false);
        // The will of the old connection first, then the restarted device.
        test.advanceUntil(
                () -> test.journal().messages().stream()
                                .filter(message -> message.topic().equals("room/status")
                                        && message.text().equals("online"))
                                .count()
                        == 2,
                Duration.ofMinutes(1));
    }
}
