package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.mqtt.broker.LocalBroker;
import io.godwit.mqtt.client.ClientListener;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.nodemcu.MqttSettings;
import io.godwit.nodemcu.Warning;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceListener;
import io.godwit.testkit.BrokerJournal;
import io.godwit.testkit.SeenMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostTest {

    @TempDir
    Path folder;

    private final BrokerJournal journal = new BrokerJournal();
    private final List<String> seen = new ArrayList<>();

    private final DeviceListener listener = new DeviceListener() {
        @Override
        public void printed(Device device, byte[] line) {
            seen.add(new String(line, StandardCharsets.UTF_8));
        }

        @Override
        public void warned(Device device, Warning warning) {
            seen.add("warning: " + warning);
        }

        @Override
        public void failed(Device device, io.godwit.nodemcu.lua.vm.LuaError error) {
            seen.add("error: " + error.traceback());
        }
    };

    private Path script(String text) throws IOException {
        return Files.writeString(folder.resolve("init.lua"), text);
    }

    @Test
    void a_sensor_publishes_in_virtual_time() throws Exception {
        Path script = script("""
                m = mqtt.Client("clientid", 120, "user", "password")
                m:lwt("/lwt", "offline", 0, 0)
                m:on("message", function(client, topic, data) print(topic .. ":" .. (data or "nil")) end)
                m:connect("broker.example", 1883, 0, function(client)
                  print("connected", client == m)
                  client:subscribe("cmd", 0, function(c) print("subscribed", c == m) end)
                  tmr.create():alarm(10000, tmr.ALARM_AUTO, function()
                    local s, t, h = dht.read(4)
                    m:publish("temp", string.format("%.1f", t), 0, 0, function() print("sent") end)
                  end)
                end, function(client, reason) print("failed reason: " .. reason) end)
                """);
        try (Host host = Host.start(HostOptions.of(script).virtual(true).brokerListener(journal), listener)) {
            host.run(Duration.ofSeconds(35));
            LocalBroker broker = Objects.requireNonNull(host.localBroker());
            broker.publish(io.godwit.mqtt.protocol.Message.of("cmd", "on"));
            host.run(Duration.ofSeconds(1));
            assertThat(seen).contains("connected\ttrue", "subscribed\ttrue", "sent", "cmd:on");
            assertThat(journal.messages()).extracting(SeenMessage::text).containsExactly("21.5", "21.5", "21.5", "on");
            assertThat(journal.violations()).isEmpty();
            host.devices().get(0).powerOff();
            host.run(Duration.ofSeconds(1));
            assertThat(journal.messages()).last().extracting(SeenMessage::topic).isEqualTo("/lwt");
        }
    }

    @Test
    void the_callers_listeners_follow_the_clients_of_scripts_in_virtual_time_too() throws Exception {
        List<String> connected = Collections.synchronizedList(new ArrayList<>());
        ClientListener following = new ClientListener() {
            @Override
            public void connected(MqttClient client, ConnectResult result) {
                connected.add(client.clientId());
            }
        };
        MqttSettings settings =
                MqttSettings.defaults().withClients(() -> MqttClient.builder().listener(following));
        Path script = script("m = mqtt.Client('boiler-7', 120) m:connect('broker.example', 1883, false)");
        try (Host host = Host.start(HostOptions.of(script).virtual(true).mqtt(settings), listener)) {
            host.run(Duration.ofSeconds(5));
        }
        assertThat(connected).containsExactly("boiler-7");
    }

    @Test
    void an_error_restarts_the_device() throws Exception {
        Path script = script("print('boot', node.bootreason()) tmr.create():alarm(1000, 0, function() x.y = 1 end)");
        try (Host host = Host.start(HostOptions.of(script).virtual(true), listener)) {
            host.run(Duration.ofSeconds(2));
        }
        assertThat(seen)
                .containsExactly(
                        "boot\t1\t0",
                        "error: init.lua:1: attempt to index global 'x' (a nil value)\nstack traceback:\n"
                                + "\tinit.lua:1: in function <init.lua:1>",
                        "boot\t2\t2");
    }
}
