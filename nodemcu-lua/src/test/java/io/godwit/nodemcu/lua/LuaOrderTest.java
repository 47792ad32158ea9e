package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.checks.Mosquitto;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.nodemcu.MqttSettings;
import io.godwit.nodemcu.Profile;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceListener;
import io.godwit.nodemcu.lua.device.OnError;
import io.godwit.nodemcu.lua.device.WifiSettings;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.testkit.BrokerScript;
import io.godwit.testkit.ScriptedBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A script's callbacks run in the order of the packets that caused them, whatever broker sends these. {@code
 * -Dgodwit.order.rounds=1000} repeats each case so many times.
 */
@Timeout(600)
@DisplayName("Order of a script's callbacks")
class LuaOrderTest {

    private static final int ROUNDS = Integer.getInteger("godwit.order.rounds", 20);
    private static final String CONNACK = "20 02 00 00";

    /** Each round: a stored message behind CONNACK, a retained one behind SUBACK, and the echo of a publish. */
    private static final String ROUND_TRIPS = """
            local rounds, round, events, expected, after = %d, 0, {}, "", nil
            local helper = mqtt.Client("order-helper", 60)
            local subject = mqtt.Client("order-subject", 60, nil, nil, 0)
            local begin
            local function expect(list, next) events, expected, after = {}, list, next end
            local function event(name)
              events[#events + 1] = name
              if #events == 3 then
                local seen = table.concat(events, " ")
                if seen ~= expected then print("round " .. round .. ": " .. seen) end
                after()
              end
            end
            subject:on("message", function(c, topic)
              event(topic:match("%%a+$"))
              c:publish("order/answer", topic, 0, 0, function() event("answered") end)
            end)
            local function echo()
              expect("sent echo answered", function() subject:close() begin() end)
              subject:publish("order/echo", "x", 0, 0, function() event("sent") end)
            end
            local function retained()
              expect("subscribed retained answered", echo)
              subject:subscribe("order/retained", 0, function() event("subscribed") end)
            end
            function begin()
              round = round + 1
              if round > rounds then print("done") return end
              helper:publish("order/stored", "x", 1, 0, function()
                expect("connected stored answered", retained)
                subject:connect("broker", 1883, 0, function() event("connected") end)
              end)
            end
            helper:connect("broker", 1883, 0, function()
              helper:publish("order/retained", "x", 1, 1, function()
                subject:connect("broker", 1883, 0, function()
                  subject:subscribe("order/stored", 1, function()
                    subject:subscribe("order/echo", 0, function() subject:close() begin() end)
                  end)
                end)
              end)
            end)
            """;

    @TempDir
    Path folder;

    private final List<String> said = new CopyOnWriteArrayList<>();

    private final DeviceListener listener = new DeviceListener() {
        @Override
        public void printed(Device device, byte[] line) {
            said.add(new String(line, StandardCharsets.UTF_8));
        }

        @Override
        public void failed(Device device, LuaError error) {
            said.add(error.traceback());
        }
    };

    static Stream<Arguments> versionsAndProfiles() {
        return Stream.of(ProtocolVersion.V3_1, ProtocolVersion.V3_1_1)
                .flatMap(version ->
                        Stream.of(Profile.ESP32, Profile.ESP8266).map(profile -> Arguments.of(version, profile)));
    }

    private Host start(ProtocolVersion version, Profile profile, String script, UnaryOperator<HostOptions> options)
            throws Exception {
        Files.writeString(folder.resolve("init.lua"), script);
        WifiSettings wifi = WifiSettings.DEFAULTS.withStart(WifiSettings.Start.READY);
        return Host.start(
                options.apply(HostOptions.of(folder)
                        .wifi(wifi)
                        .onError(OnError.STOP)
                        .mqtt(MqttSettings.defaults().withVersion(version).withProfile(profile))),
                listener);
    }

    private void roundTrips(ProtocolVersion version, Profile profile, UnaryOperator<HostOptions> options)
            throws Exception {
        try (Host host = start(version, profile, ROUND_TRIPS.formatted(ROUNDS), options)) {
            awaitDone();
        }
    }

    private void awaitDone() {
        await().atMost(Duration.ofSeconds(30 + ROUNDS / 5)).until(() -> !said.isEmpty());
        assertThat(said).containsExactly("done");
    }

    @ParameterizedTest(name = "MQTT {0}, {1}")
    @MethodSource("versionsAndProfiles")
    void with_the_brokers_own_process_beside_it(ProtocolVersion version, Profile profile) throws Exception {
        roundTrips(version, profile, options -> options.ownBroker(true));
    }

    @ParameterizedTest(name = "MQTT {0}, {1}")
    @MethodSource("versionsAndProfiles")
    void in_virtual_time(ProtocolVersion version, Profile profile) throws Exception {
        String script = ROUND_TRIPS.formatted(ROUNDS);
        try (Host host = start(version, profile, script, options -> options.virtual(true))) {
            host.run(Duration.ofSeconds(10 + ROUNDS));
        }

        assertThat(said).containsExactly("done");
    }

    @ParameterizedTest(name = "MQTT {0}, {1}")
    @MethodSource("versionsAndProfiles")
    void with_mosquitto(ProtocolVersion version, Profile profile, @TempDir Path brokerFolder) throws Exception {
        Assumptions.assumeTrue(Mosquitto.isInstalled(), "mosquitto is not installed");
        try (Mosquitto mosquitto = Mosquitto.start(brokerFolder)) {
            roundTrips(version, profile, options -> options.brokerAt("127.0.0.1", mosquitto.port()));
        }
    }

    @ParameterizedTest(name = "MQTT {0}, {1}")
    @MethodSource("versionsAndProfiles")
    void with_packets_in_one_segment(ProtocolVersion version, Profile profile) throws Exception {
        Consumer<BrokerScript> answers = script -> script.expectConnect(version)
                .send(CONNACK + message("61"))
                .expect("30 04 00 01 72 61")
                .expect("82 06 00 01 00 01 71 00")
                .send("90 03 00 01 00" + message("62"))
                .expect("30 04 00 01 72 62")
                .expect("32 06 00 01 70 00 02 78")
                .send("40 02 00 02" + message("63"))
                .expect("30 04 00 01 72 63")
                .expect("e0 00")
                .expectEnd();
        try (ScriptedBroker broker = ScriptedBroker.builder()
                        .connection(answers)
                        .repeatLast()
                        .start();
                Host host = start(
                        version,
                        profile,
                        """
                        local rounds, round, events, done = %d, 0, {}, nil
                        local m
                        local function event(name)
                          events[#events + 1] = name
                          local all = table.concat(events, " ")
                          if all == "connected a answered" then
                            m:subscribe("q", 0, function() event("subscribed") end)
                          elseif all == "connected a answered subscribed b answered" then
                            m:publish("p", "x", 1, 0, function() event("acknowledged") end)
                          elseif #events == 9 then
                            if not all:find("answered acknowledged c answered$") then print("round " .. round .. ": " .. all) end
                            m:close()
                            done()
                          elseif #events %% 3 == 0 then
                            print("round " .. round .. ": " .. all)
                          end
                        end
                        function done()
                          round, events = round + 1, {}
                          if round > rounds then print("done") return end
                          m = mqtt.Client("order", 60)
                          m:on("message", function(c, topic, data)
                            event(data)
                            c:publish("r", data, 0, 0, function() event("answered") end)
                          end)
                          m:connect("broker", 1883, 0, function() event("connected") end)
                        end
                        done()
                        """.formatted(ROUNDS),
                        options -> options.brokerAt("127.0.0.1", broker.port()))) {
            awaitDone();
        }
    }

    /** A message of QoS 0 to the topic t whose payload is one byte. */
    private static String message(String payload) {
        return "30 04 00 01 74" + payload;
    }
}
