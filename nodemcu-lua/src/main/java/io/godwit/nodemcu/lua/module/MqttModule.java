package io.godwit.nodemcu.lua.module;

import io.godwit.mqtt.client.store.QueueBounds;
import io.godwit.nodemcu.Mqtt;
import io.godwit.nodemcu.MqttParameters;
import io.godwit.nodemcu.MqttSettings;
import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.device.BrokerLogin;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * {@code mqtt} for scripts: {@link Mqtt} with the arguments that real scripts pass. Arguments are read leniently; a warning
 * names the line where the device would read them differently.
 */
final class MqttModule {

    private static final LuaLibrary CLIENT = LuaLibrary.object("mqtt.client")
            .function("connect", call -> client(call).connect(call))
            .function("close", call -> client(call).close(call))
            .function("lwt", call -> client(call).lwt(call))
            .function("on", call -> client(call).on(call))
            .function("publish", call -> object(call).publish(call))
            .function("subscribe", call -> client(call).subscribe(call))
            .function("unsubscribe", call -> client(call).unsubscribe(call))
            .collected(call -> {
                object(call).dropped();
                return 0;
            })
            .build();

    static final LuaLibrary LIBRARY = LuaLibrary.module("mqtt")
            .function("Client", MqttModule::create)
            .constants(
                    Mqtt.CONN_FAIL_SERVER_NOT_FOUND,
                    "CONN_FAIL_SERVER_NOT_FOUND",
                    "CONN_FAIL_NOT_A_CONNACK_MSG",
                    "CONN_FAIL_DNS",
                    "CONN_FAIL_TIMEOUT_RECEIVING",
                    "CONN_FAIL_TIMEOUT_SENDING",
                    "CONNACK_ACCEPTED",
                    "CONNACK_REFUSED_PROTOCOL_VER",
                    "CONNACK_REFUSED_ID_REJECTED",
                    "CONNACK_REFUSED_SERVER_UNAVAILABLE",
                    "CONNACK_REFUSED_BAD_USER_OR_PASS",
                    "CONNACK_REFUSED_NOT_AUTHORIZED")
            .build();

    /** What the code of the ESP32 has: no constants. */
    static final LuaLibrary STRICT =
            LuaLibrary.module("mqtt").function("Client", MqttModule::create).build();

    /** Publishes of one connection that wait to be sent or acknowledged; a chip has room for far fewer. */
    private static final int MOST_WAITING = 4_096;

    private static final long WAITING_BYTES = 1 << 20;

    private MqttModule() {}

    private static MqttClientObject object(LuaCall call) {
        return call.object(1, MqttClientObject.class, "mqtt.client");
    }

    private static MqttClientObject client(LuaCall call) {
        MqttClientObject client = object(call);
        client.calledFrom(call.where());
        return client;
    }

    /** {@code Client([id, keepalive[, user, password[, cleansession[, max_message_length]]]])}. */
    private static int create(LuaCall call) {
        Device device = Caller.device(call);
        MqttSettings settings = device.settings().option(MqttSettings.class, MqttSettings.defaults());
        call.reserve(MqttClientObject.BYTES);
        MqttClientObject client = new MqttClientObject(device, settings.profile());
        client.calledFrom(call.where());
        if (call.isNoneOrNil(1) && settings.profile().isEsp32()) {
            client.warn(WarningType.DEVICE_DIFFERENCE, "an ESP32 needs a client id in mqtt.Client()");
        }
        if (call.isNoneOrNil(2) && !call.isNoneOrNil(1) && settings.profile().isStrict()) {
            throw call.expected(2, "number");
        }
        client.use(Mqtt.client(
                parameters(call, device, client),
                settings.withClients(() -> settings.environment()
                                .clients()
                                .get()
                                .queue(MOST_WAITING, WAITING_BYTES, QueueBounds.WhenFull.FAIL))
                        .runningOn(
                                device::post,
                                (delay, task) -> device.after(delay.toNanos(), task)::cancel,
                                device.random()::nextDouble)
                        .withWarnings(client::warn)));
        return call.pushObject(client, CLIENT);
    }

    private static MqttParameters parameters(LuaCall call, Device device, MqttClientObject client) {
        String id = call.isNoneOrNil(1)
                ? String.format(Locale.ROOT, "NodeMCU_%x", device.chipId())
                : MqttText.utf8(call, 1);
        int keepalive = call.isNoneOrNil(2) ? 0 : call.between(2, 0, 65_535);
        String user = call.isString(3) ? MqttText.utf8(call, 3) : null;
        byte[] password = call.isString(4) ? call.bytes(4) : null;
        BrokerLogin login = device.settings().option(BrokerLogin.class, BrokerLogin.OF_SCRIPT);
        if (login.username() != null) {
            user = login.username();
            password = login.password() == null ? null : login.password().getBytes(StandardCharsets.UTF_8);
        }
        boolean clean = true;
        if (call.isNumber(5)) {
            clean = call.integer(5) != 0;
        } else if (call.isBoolean(5)) {
            clean = call.truth(5);
            client.warn(WarningType.IGNORED_ARGUMENT, "the device ignores a boolean cleansession; write 0 or 1");
        }
        int limit = call.isNoneOrNil(6) ? 0 : call.between(6, 0, Integer.MAX_VALUE);
        return new MqttParameters(id, keepalive, user, password, clean, limit);
    }
}
