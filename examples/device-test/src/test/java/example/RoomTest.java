package example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.nodemcu.lua.DeviceTest;
import io.godwit.nodemcu.lua.GodwitDevice;
import io.godwit.nodemcu.lua.device.Device;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The device's script under test: unchanged, in virtual time, with a broker in the same clock. */
class RoomTest {

    private static final Duration SOON = Duration.ofSeconds(15);

    @Test
    void tellsTheTemperature(@GodwitDevice("src/device") Device device, DeviceTest scene) {
        device.hardware().set("dht.4.temperature", 23.5);
        assertEquals("23.5", scene.expectPublish("room/temperature", SOON).text());
    }

    @Test
    void switchesTheFanOnWhenItIsTooHot(@GodwitDevice("src/device") Device device, DeviceTest scene) {
        device.hardware().set("dht.4.temperature", 31);
        assertEquals("on", scene.expectPublish("room/fan", SOON).text());
        assertEquals(1, device.hardware().gpio(1).level());
    }

    @Test
    void obeysItsCommand(@GodwitDevice("src/device") Device device, DeviceTest scene) {
        scene.expectPublish("room/status", SOON);
        scene.advance(Duration.ofSeconds(1));
        scene.publish("room/fan/set", "on");
        assertEquals(1, device.hardware().gpio(1).level());
        scene.publish("room/fan/set", "off");
        assertEquals(0, device.hardware().gpio(1).level());
    }

    @Test
    void isOfflineAfterAPowerCut(@GodwitDevice("src/device") Device device, DeviceTest scene) {
        assertEquals("online", scene.expectPublish("room/status", SOON).text());
        device.powerOff();
        assertEquals("offline", scene.expectPublish("room/status", SOON).text());
    }

    @Test
    void comesBackWhenTheBrokerRestarts(@GodwitDevice("src/device") Device device, DeviceTest scene) {
        scene.expectPublish("room/status", SOON);
        scene.broker().restart(false);
        // The will of the old connection first, then the restarted device.
        scene.advanceUntil(
                () -> scene.journal().messages().stream()
                                .filter(message -> message.topic().equals("room/status")
                                        && message.text().equals("online"))
                                .count()
                        == 2,
                Duration.ofMinutes(1));
    }
}
