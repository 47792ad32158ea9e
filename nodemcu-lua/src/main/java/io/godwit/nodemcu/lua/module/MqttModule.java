package io.godwit.nodemcu.lua.module;

import io.godwit.mqtt.protocol.TopicName;
import io.godwit.nodemcu.Mqtt;
import io.godwit.nodemcu.MqttSettings;
import io.godwit.nodemcu.Profile;
import io.godwit.nodemcu.Secure;
import io.godwit.nodemcu.lua.device.BrokerLogin;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceListener;
import io.godwit.nodemcu.lua.device.HostMap;
import io.godwit.nodemcu.lua.device.Network;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaRef;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code mqtt} for scripts: {@link Mqtt} with the arguments that real scripts pass. Arguments are taken leniently, by one
 * walk; a remark names the line where the device would take them otherwise.
 */
final class MqttModule {

    private static final LuaLibrary CLIENT = LuaLibrary.object("mqtt.client")
            .function("connect", call -> client(call).connect(call))
            .function("close", call -> client(call).close(call))
            .function("lwt", call -> client(call).lwt(call))
            .function("on", call -> client(call).on(call))
            .function("publish", call -> client(call).publish(call))
            .function("subscribe", call -> client(call).subscribe(call))
            .function("unsubscribe", call -> client(call).unsubscribe(call))
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

    private MqttModule() {}

    private static Client client(LuaCall call) {
        Client client = call.object(1, Client.class, "mqtt.client");
        client.where = call.where();
        return client;
    }

    /** {@code Client([id, keepalive[, user, password[, cleansession[, max_message_length]]]])}. */
    private static int create(LuaCall call) {
        Device device = Modules.device(call);
        MqttSettings settings = device.settings().option(MqttSettings.class, MqttSettings.defaults());
        String where = call.where();
        String id = call.isNoneOrNil(1) ? String.format("NodeMCU_%x", device.chipId()) : utf8(call, 1);
        if (call.isNoneOrNil(1) && settings.profile().isEsp32()) {
            device.remark(where + ": an ESP32 needs a client id in mqtt.Client()");
        }
        if (call.isNoneOrNil(2) && !call.isNoneOrNil(1) && settings.profile().isStrict()) {
            throw call.expected(2, "number");
        }
        int keepalive = call.isNoneOrNil(2) ? 0 : call.between(2, 0, 65_535);
        String user = call.isString(3) ? utf8(call, 3) : null;
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
            device.remark(where + ": the device ignores a boolean cleansession; write 0 or 1");
        }
        Client client = new Client(device, settings.profile());
        client.where = where;
        client.mqtt = Mqtt.client(
                new Mqtt.Parameters(id, keepalive, user, password, clean, (int) call.integer(6, 0)),
                settings.on(
                                device::post,
                                (delay, task) -> device.after(delay.toNanos(), task)::cancel,
                                device.random()::nextDouble)
                        .remarks(client::remark));
        client.mqtt().observe(client);
        device.state(Clients.class, d -> new Clients()).all.add(client);
        return call.pushObject(client, CLIENT);
    }

    /** Topics and ids are bytes for a script and text for MQTT. */
    private static String utf8(LuaCall call, int index) {
        String text = decoded(call.bytes(index));
        if (text == null) {
            throw call.argument(index, "not UTF-8, which MQTT demands here");
        }
        return text;
    }

    private static @Nullable String decoded(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** The clients of a boot: when it ends, their sockets are gone. */
    private static final class Clients implements AutoCloseable {
        private final List<Client> all = new ArrayList<>(1);

        @Override
        public void close() {
            all.forEach(Client::cut);
        }
    }

    /** One client of the script. Thread of the device only. */
    private static final class Client implements Network.User, Mqtt.Observer {
        private final Device device;
        private final Profile profile;
        private @Nullable Mqtt mqtt;
        private @Nullable LuaRef self;
        private String where = "";
        private @Nullable LuaRef connected;
        private @Nullable LuaRef failed;
        private final Map<String, LuaRef> events = new LinkedHashMap<>(4);
        private @Nullable Callback published;
        private @Nullable Callback subscribed;
        private @Nullable Callback unsubscribed;

        Client(Device device, Profile profile) {
            this.device = device;
            this.profile = profile;
        }

        private Mqtt mqtt() {
            Mqtt made = mqtt;
            if (made == null) {
                throw new LuaError("the client was not made");
            }
            return made;
        }

        void remark(String text) {
            device.remark(where.isEmpty() ? text : where + ": " + text);
        }

        /** A function kept for a slot; the same function again is the same callback. */
        private final class Callback implements Consumer<Mqtt> {
            private final LuaRef function;

            Callback(LuaRef function) {
                this.function = function;
            }

            @Override
            public void accept(Mqtt ignored) {
                device.call(function, self);
            }
        }

        private @Nullable Callback keep(LuaCall call, int index, @Nullable Callback before) {
            if (!call.isFunction(index)) {
                return before;
            }
            if (before != null) {
                if (call.isSame(index, before.function)) {
                    return before;
                }
                before.function.release();
            }
            return new Callback(call.ref(index));
        }

        // ---- connect

        /** The walk: what was found where. */
        private record Arguments(int port, Secure secure, boolean autoreconnect, int connected, int failed) {}

        int connect(LuaCall call) {
            if (!call.isString(2)) {
                throw call.expected(2, "string");
            }
            String host = call.text(2);
            int scheme = host.indexOf("://");
            Arguments arguments = walk(call, scheme > 0);
            if (profile.isEsp32()) {
                compareWithDevice(call, arguments);
            }
            int port = arguments.port();
            Secure secure = arguments.secure();
            if (scheme > 0) {
                URI uri = uri(call, host);
                boolean tls = "mqtts".equals(uri.getScheme());
                host = uri.getHost();
                port = uri.getPort() > 0 ? uri.getPort() : tls ? 8883 : 1883;
                secure = tls ? secure instanceof Secure.Off ? Secure.unverified() : secure : Secure.off();
            }
            if (secure instanceof Secure.On) {
                remark("TLS without a CA is encrypted but not verified: anyone on the way can read along");
            }
            HostMap map = device.settings().option(HostMap.class, HostMap.NONE);
            HostMap.Target target = map.broker(host, port);
            if (arguments.connected() > 0) {
                connected = swap(connected, call.ref(arguments.connected()));
            }
            if (arguments.failed() > 0) {
                failed = swap(failed, call.ref(arguments.failed()));
            }
            if (self == null) {
                self = call.ref(1);
                device.network().add(this);
                flowing(device.network().flows());
            }
            LuaRef ok = arguments.connected() > 0 ? connected : null;
            LuaRef bad = arguments.failed() > 0 ? failed : null;
            try {
                boolean begun = mqtt().connect(
                                target.host(),
                                target.port(),
                                secure,
                                arguments.autoreconnect(),
                                ok == null ? null : client -> device.call(ok, self),
                                bad == null
                                        ? this::silent
                                        : (client, reason) -> {
                                            device.call(bad, self, reason);
                                            settle();
                                        });
                return call.push(begun);
            } catch (IllegalStateException e) {
                throw new LuaError(String.valueOf(e.getMessage()));
            }
        }

        /** A failure that the script does not ask about still ends the client's hold on its object. */
        private void silent(Mqtt client, int reason) {
            remark("connection failed with reason " + reason + ", and the script has no function for that: "
                    + (client.lastFailure() == null ? "" : client.lastFailure().text()));
            settle();
        }

        private static LuaRef swap(@Nullable LuaRef before, LuaRef now) {
            if (before != null) {
                before.release();
            }
            return now;
        }

        private static URI uri(LuaCall call, String text) {
            try {
                URI uri = new URI(text);
                if ("ws".equals(uri.getScheme()) || "wss".equals(uri.getScheme())) {
                    throw call.argument(2, "the module has no WebSocket; use mqtt:// or mqtts://");
                }
                if (uri.getHost() == null || !"mqtt".equals(uri.getScheme()) && !"mqtts".equals(uri.getScheme())) {
                    throw call.argument(2, "not a host name or mqtt:// address");
                }
                return uri;
            } catch (URISyntaxException e) {
                throw call.argument(2, "not a host name or mqtt:// address");
            }
        }

        private Arguments walk(LuaCall call, boolean uri) {
            int last = call.count();
            int ok = 0;
            int bad = 0;
            int end = last;
            if (last >= 4 && call.isFunction(last) && call.isFunction(last - 1)) {
                ok = last - 1;
                bad = last;
                end = last - 2;
            } else if (last >= 4 && call.isFunction(last) && call.isNoneOrNil(last - 1)) {
                // A nil right before the last function stands for the first function: so all real scripts mean it.
                bad = last;
                end = last - 2;
                if (last == 5) {
                    remark("connect(): nil before the only function stands for the success function; "
                            + "the function is called on failure");
                }
            } else {
                int i = 3;
                while (i <= last && !call.isFunction(i)) {
                    i++;
                }
                end = i - 1;
                ok = i <= last ? i : 0;
                bad = i + 1 <= last && call.isFunction(i + 1) ? i + 1 : 0;
            }
            int at = 3;
            int port = 1883;
            if (at <= end && (call.isNumber(at) || call.isNoneOrNil(at))) {
                if (uri && call.isNumber(at)) {
                    throw new LuaError("port arg must be nil if giving full uri");
                }
                port = call.isNumber(at) ? call.between(at, 1, 65_535) : port;
                at++;
            }
            Secure secure = Secure.off();
            if (at <= end) {
                secure = secure(call, at, uri);
                at++;
            }
            boolean autoreconnect = false;
            if (at <= end) {
                autoreconnect = call.isNumber(at) ? call.integer(at) != 0 : call.truth(at);
            }
            return new Arguments(port, secure, autoreconnect, ok, bad);
        }

        private Secure secure(LuaCall call, int at, boolean uri) {
            if (call.isNoneOrNil(at)) {
                return Secure.off();
            }
            if (call.isTable(at)) {
                for (String key : new String[] {"ca_cert", "client_cert", "client_key"}) {
                    int field = call.pushField(at, key);
                    if (!call.isNoneOrNil(field) && !call.isString(field)) {
                        throw call.argument(at, key + " must be PEM text");
                    }
                    call.pop(1);
                }
                try {
                    return Secure.pem(
                            call.textField(at, "ca_cert"),
                            call.textField(at, "client_cert"),
                            call.textField(at, "client_key"));
                } catch (IllegalArgumentException e) {
                    throw call.argument(at, String.valueOf(e.getMessage()));
                }
            }
            if (call.isNumber(at)) {
                if (uri) {
                    throw new LuaError("secure on/off determined by uri");
                }
                return call.integer(at) == 0 ? Secure.off() : Secure.unverified();
            }
            if (call.isBoolean(at)) {
                return call.truth(at) ? Secure.unverified() : Secure.off();
            }
            throw call.argument(at, "secure must be 0, 1, a boolean or a table");
        }

        /** Walks as the code of the ESP32 does, which stops at the first argument of an unexpected type. */
        private void compareWithDevice(LuaCall call, Arguments ours) {
            int i = 3;
            if (call.isNumber(i)) {
                i++;
            }
            if (call.isNumber(i) || call.isTable(i)) {
                i++;
            }
            if (call.isNumber(i)) {
                i++;
            }
            int ok = call.isFunction(i) ? i : 0;
            int bad = call.isFunction(i + 1) ? i + 1 : 0;
            boolean loses = ours.connected() != ok || ours.failed() != bad;
            if (loses) {
                String why = call.isBoolean(i) ? "a boolean where a number is expected" : "an argument left out or nil";
                remark("on an ESP32 this connect() would lose its callbacks: " + why + " (argument " + (i - 1) + ")");
            }
        }

        // ---- the other calls

        int close(LuaCall call) {
            boolean was = mqtt().close();
            if (profile.isEsp32()) {
                settle();
            }
            return call.push(was);
        }

        /** Lets the script's object go when the client has nothing more to say. */
        private void settle() {
            LuaRef held = self;
            if (held != null && !mqtt().isActive()) {
                device.network().remove(this);
                held.release();
                self = null;
            }
        }

        int lwt(LuaCall call) {
            if (!call.isString(2)) {
                throw profile.isEsp8266() ? new LuaError("need lwt topic") : call.expected(2, "string");
            }
            if (!call.isString(3)) {
                throw profile.isEsp8266() ? new LuaError("need lwt message") : call.expected(3, "string");
            }
            int qos = call.isNumber(4) ? (int) call.integer(4) : 0;
            boolean retain = call.isNumber(5) ? call.integer(5) != 0 : call.truth(5);
            if (call.isBoolean(5)) {
                remark("the device ignores a boolean retain in lwt(); write 0 or 1");
            }
            String topic = utf8(call, 2);
            String fault = qos < 0 || qos > 2 ? "QoS must be 0, 1 or 2" : TopicName.fault(topic);
            if (fault != null) {
                throw call.argument(2, fault);
            }
            mqtt().lwt(topic, call.bytes(3), qos, retain);
            return 0;
        }

        int on(LuaCall call) {
            String event = call.text(2, "message");
            if (!call.isFunction(3)) {
                if (profile.isEsp8266()) {
                    throw call.expected(3, "function");
                }
                return 0;
            }
            LuaRef function = call.ref(3);
            LuaRef before = events.put(event, function);
            if (before != null) {
                before.release();
            }
            try {
                switch (event) {
                    case "message", "overflow" ->
                        mqtt().on(
                                        event,
                                        (client, topic, data) -> device.call(
                                                function, self, topic.getBytes(StandardCharsets.UTF_8), data));
                    case "offline" ->
                        mqtt().on(event, client -> {
                            device.call(function, self);
                            settle();
                        });
                    default -> mqtt().on(event, client -> device.call(function, self));
                }
            } catch (IllegalArgumentException e) {
                throw call.argument(2, String.valueOf(e.getMessage()));
            }
            return 0;
        }

        int publish(LuaCall call) {
            if (!mqtt().isConnected()) {
                if (profile.isEsp8266()) {
                    throw new LuaError("not connected");
                }
                return call.push(false);
            }
            byte[] topic = call.bytes(2);
            byte[] payload = call.bytes(3);
            if (!call.isNumber(4)) {
                throw call.expected(4, "number");
            }
            if (!call.isNumber(5)) {
                throw call.expected(5, "number");
            }
            String name = decoded(topic);
            if (name == null) {
                remark("publish: the topic is not UTF-8");
                return call.push(false);
            }
            if (!call.isNoneOrNil(6) && !call.isFunction(6)) {
                remark("the last argument of publish() is a " + call.typeName(6)
                        + ", not a function: was it called instead of passed?");
            }
            published = keep(call, 6, published);
            try {
                return call.push(mqtt().publish(
                                name,
                                payload,
                                (int) call.integer(4),
                                call.integer(5) != 0,
                                call.isFunction(6) ? published : null));
            } catch (IllegalStateException e) {
                throw new LuaError(String.valueOf(e.getMessage()));
            }
        }

        /** Topic and QoS, topic alone, topic and function, or a table of topic to QoS; then the function. */
        int subscribe(LuaCall call) {
            if (!mqtt().isConnected()) {
                if (profile.isEsp8266()) {
                    throw new LuaError("not connected");
                }
                return call.push(false);
            }
            Map<String, Integer> topics = new LinkedHashMap<>();
            int at = 3;
            if (call.isTable(2)) {
                if (profile.isEsp32()) {
                    remark("subscribe() with a table raises an error on an ESP32");
                }
                call.walk(
                        2,
                        (key, value) ->
                                topics.put(utf8(call, key), call.isNumber(value) ? (int) call.integer(value) : 0));
                if (topics.isEmpty()) {
                    throw new LuaError("no topics found");
                }
                at = call.isNumber(3) ? 4 : 3;
            } else {
                int qos = 0;
                if (call.isNumber(3)) {
                    qos = (int) call.integer(3);
                    at = 4;
                } else {
                    if (profile.isStrict()) {
                        throw call.expected(3, "number");
                    }
                    if (profile == Profile.ESP32) {
                        remark(
                                "subscribe() without a QoS raises an error on an ESP32, whatever its documentation says");
                    }
                    at = call.isNoneOrNil(3) ? 4 : 3;
                }
                topics.put(utf8(call, 2), qos);
            }
            subscribed = keep(call, at, subscribed);
            return call.push(mqtt().subscribe(topics, call.isFunction(at) ? subscribed : null));
        }

        int unsubscribe(LuaCall call) {
            if (!mqtt().isConnected()) {
                if (profile.isEsp8266()) {
                    throw new LuaError("not connected");
                }
                return call.push(false);
            }
            List<String> topics = new ArrayList<>();
            if (call.isTable(2)) {
                call.walk(2, (key, value) -> topics.add(utf8(call, key)));
                if (topics.isEmpty()) {
                    throw new LuaError("no topics found");
                }
            } else {
                topics.add(utf8(call, 2));
            }
            unsubscribed = keep(call, 3, unsubscribed);
            return call.push(mqtt().unsubscribe(topics, call.isFunction(3) ? unsubscribed : null));
        }

        // ---- for figures

        @Override
        public void connected() {
            device.listener().traffic(device, DeviceListener.Traffic.CONNECTED);
        }

        @Override
        public void disconnected() {
            device.listener().traffic(device, DeviceListener.Traffic.DISCONNECTED);
        }

        @Override
        public void published() {
            device.listener().traffic(device, DeviceListener.Traffic.PUBLISHED);
        }

        @Override
        public void received() {
            device.listener().traffic(device, DeviceListener.Traffic.RECEIVED);
        }

        // ---- the network of the device

        @Override
        public void cut() {
            Mqtt made = mqtt;
            if (made != null) {
                made.powerOff();
            }
        }

        @Override
        public void flowing(boolean flows) {
            if (flows) {
                mqtt().plugNetwork();
            } else {
                mqtt().unplugNetwork();
            }
        }
    }
}
