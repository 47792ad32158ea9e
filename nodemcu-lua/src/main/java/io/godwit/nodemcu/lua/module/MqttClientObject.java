package io.godwit.nodemcu.lua.module;

import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.protocol.TopicName;
import io.godwit.nodemcu.Mqtt;
import io.godwit.nodemcu.Profile;
import io.godwit.nodemcu.Warning;
import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceListener;
import io.godwit.nodemcu.lua.device.HostMap;
import io.godwit.nodemcu.lua.device.Network;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaOwned;
import io.godwit.nodemcu.lua.vm.LuaRef;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One {@code mqtt.client} of a script. Thread of the device only. */
final class MqttClientObject implements Network.User, Mqtt.Observer, LuaOwned {

    /** What a client costs outside of Lua, not connected. */
    static final int BYTES = 2500;
    /** What a connection or an attempt counts as: a file handle, buffers, and what waits to be sent. */
    private static final int CONNECTION_BYTES = 256 * 1024;

    // Set once.
    private final Device device;
    private final Profile profile;
    private @Nullable Mqtt mqtt;

    // Device thread only.
    private @Nullable LuaRef self;
    private long willBytes;
    private String where = "";
    private @Nullable LuaCall publishing;
    private @Nullable LuaRef connected;
    private @Nullable LuaRef failed;
    private final Map<String, LuaRef> events = new LinkedHashMap<>(4);
    private final FunctionSlot published = new FunctionSlot();
    private final FunctionSlot subscribed = new FunctionSlot();
    private final FunctionSlot unsubscribed = new FunctionSlot();

    MqttClientObject(Device device, Profile profile) {
        this.device = device;
        this.profile = profile;
    }

    @Override
    public long hostBytes() {
        return BYTES + willBytes + (self == null ? 0 : CONNECTION_BYTES);
    }

    void use(Mqtt client) {
        mqtt = client;
        client.observe(this);
        // Without a function of the script too, the end of a connection releases what it held.
        client.on("offline", gone -> settle());
    }

    /** The script has dropped the client: lets go of its functions. */
    void dropped() {
        events.values().forEach(LuaRef::release);
        release(connected);
        release(failed);
        published.dropped();
        subscribed.dropped();
        unsubscribed.dropped();
    }

    private Mqtt mqtt() {
        Mqtt made = mqtt;
        if (made == null) {
            throw new LuaError("the client was not created");
        }
        return made;
    }

    /** Notes the script's line that makes a call, for warnings. */
    void calledFrom(String line) {
        where = line;
    }

    void warn(WarningType type, String text) {
        LuaCall call = publishing;
        if (call != null) {
            where = call.where();
        }
        device.warn(type, where.isEmpty() ? text : where + ": " + text);
    }

    void warn(Warning warning) {
        warn(warning.type(), warning.text());
    }

    /** The script's function for all operations of one kind. */
    private final class FunctionSlot {
        private @Nullable Callback current;

        /** A function as the module calls it; the same function again is the same callback. */
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

        void dropped() {
            if (current != null) {
                current.function.release();
            }
        }

        /** Starts an operation; the function at {@code index} replaces the one before only if it is accepted. */
        boolean start(LuaCall call, int index, Predicate<@Nullable Consumer<Mqtt>> operation) {
            if (!call.isFunction(index)) {
                return operation.test(null);
            }
            Callback before = current;
            if (before != null && call.isSame(index, before.function)) {
                return operation.test(before);
            }
            Callback next = new Callback(call.ref(index));
            boolean accepted = false;
            try {
                accepted = operation.test(next);
            } finally {
                if (accepted || profile.isStrict() && mqtt().isConnected()) {
                    current = next;
                    if (before != null) {
                        before.function.release();
                    }
                } else {
                    next.function.release();
                }
            }
            return accepted;
        }
    }

    // ---- connect

    int connect(LuaCall call) {
        MqttConnectArguments arguments = MqttConnectArguments.of(call, this);
        if (profile.isEsp32()) {
            arguments.compareWithDevice(call, this);
        }
        HostMap map = device.settings().option(HostMap.class, HostMap.NONE);
        HostMap.Target target = map.broker(arguments.host(), arguments.port());
        if (self == null) {
            call.reserve(CONNECTION_BYTES);
            self = call.ref(1);
            device.network().add(this);
            flowing(device.network().flows());
        }
        LuaRef ok = arguments.connected() > 0 ? call.ref(arguments.connected()) : null;
        LuaRef bad = arguments.failed() > 0 ? call.ref(arguments.failed()) : null;
        if (device.network().awaitsAddress()) {
            mqtt().unplugNetwork();
        }
        boolean started = false;
        try {
            started = mqtt().connect(
                            target.host(),
                            target.port(),
                            arguments.secure(),
                            arguments.autoreconnect(),
                            ok == null ? null : client -> device.call(ok, self),
                            bad == null ? null : (client, reason) -> device.call(bad, self, reason));
            if (started) {
                String what = (where.isEmpty() ? "" : where + ": ") + "connect()";
                device.network().whenOnline(what, () -> {}, mqtt()::loseNetwork);
            }
            return call.push(started);
        } catch (IllegalStateException e) {
            throw new LuaError(String.valueOf(e.getMessage()));
        } finally {
            if (started) {
                connected = replaced(connected, ok);
                failed = replaced(failed, bad);
            } else {
                release(ok);
                release(bad);
                settle();
            }
        }
    }

    private static @Nullable LuaRef replaced(@Nullable LuaRef before, @Nullable LuaRef now) {
        if (now == null) {
            return before;
        }
        release(before);
        return now;
    }

    private static void release(@Nullable LuaRef function) {
        if (function != null) {
            function.release();
        }
    }

    // ---- the other calls

    int close(LuaCall call) {
        // An ESP8266 still calls "offline" then.
        boolean offlineFollows = profile.isEsp8266() && mqtt().isConnected();
        boolean was = mqtt().close();
        if (!offlineFollows) {
            settle();
        }
        return call.push(was);
    }

    /** Releases the script's object when the client has nothing more to report. */
    private void settle() {
        LuaRef held = self;
        if (held != null && !mqtt().isActive()) {
            device.network().remove(this);
            held.release();
            self = null;
            device.requireMachine().release(CONNECTION_BYTES);
        }
    }

    int lwt(LuaCall call) {
        if (!call.isString(2)) {
            throw profile.isEsp8266() ? new LuaError("need lwt topic") : call.expected(2, "string");
        }
        if (!call.isString(3)) {
            throw profile.isEsp8266() ? new LuaError("need lwt message") : call.expected(3, "string");
        }
        int qos = call.isNumber(4) ? call.between(4, 0, 2) : 0;
        boolean retain = call.isNumber(5) ? call.integer(5) != 0 : call.truth(5);
        if (call.isBoolean(5)) {
            warn(WarningType.IGNORED_ARGUMENT, "the device ignores a boolean retain in lwt(); write 0 or 1");
        }
        String topic = MqttText.utf8(call, 2);
        String fault = TopicName.fault(topic);
        if (fault != null) {
            throw call.argument(2, fault);
        }
        byte[] message = call.bytes(3);
        long bytes = message.length + 2L * topic.length();
        call.reserve(bytes);
        call.machine().release(willBytes);
        willBytes = bytes;
        mqtt().lwt(topic, message, qos, retain);
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
        try {
            switch (event) {
                case "message", "overflow" ->
                    mqtt().on(
                                    event,
                                    (client, topic, data) ->
                                            device.call(function, self, topic.getBytes(StandardCharsets.UTF_8), data));
                case "offline" ->
                    mqtt().on(event, client -> {
                        device.call(function, self);
                        settle();
                    });
                case "connfail" -> mqtt().on(event, (client, reason) -> device.call(function, self, reason));
                default -> mqtt().on(event, client -> device.call(function, self));
            }
        } catch (IllegalArgumentException e) {
            function.release();
            throw call.argument(2, String.valueOf(e.getMessage()));
        }
        release(events.put(event, function));
        return 0;
    }

    /** Whether the client is connected; the profile decides whether it is an error to call without a connection. */
    private boolean mayCall() {
        if (mqtt().isConnected()) {
            return true;
        }
        if (profile.isEsp8266()) {
            throw new LuaError("not connected");
        }
        return false;
    }

    int publish(LuaCall call) {
        // Its warnings all come before it returns, and few calls have one: only then is the line looked up.
        publishing = call;
        try {
            return publishNow(call);
        } finally {
            publishing = null;
        }
    }

    private int publishNow(LuaCall call) {
        if (!mayCall()) {
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
        int qos = qos(call, 4);
        boolean retain = call.integer(5) != 0;
        String name = MqttText.decoded(topic);
        if (name == null) {
            warn(WarningType.REFUSED, "publish: the topic is not UTF-8");
            return call.push(false);
        }
        if (!call.isNoneOrNil(6) && !call.isFunction(6)) {
            warn(
                    WarningType.CALLBACK,
                    "the last argument of publish() is a " + call.typeName(6)
                            + ", not a function: was it called instead of passed?");
        }
        return call.push(published.start(call, 6, done -> mqtt().publish(name, payload, qos, retain, done)));
    }

    /** The QoS as the module takes it; what no int can hold is refused as any other invalid QoS. */
    private static int qos(LuaCall call, int index) {
        double qos = call.number(index);
        return qos >= 0 && qos < 3 ? (int) qos : -1;
    }

    /** Topic and QoS, topic alone, topic and function, or a table of topic to QoS; then the function. */
    int subscribe(LuaCall call) {
        if (!mayCall()) {
            return call.push(false);
        }
        Map<String, Integer> topics = new LinkedHashMap<>();
        int at = 3;
        if (call.isTable(2)) {
            if (profile.isEsp32()) {
                warn(WarningType.FIRMWARE_FAULT, "subscribe() with a table raises an error on an ESP32");
            }
            call.walk(
                    2,
                    (key, value) -> topics.put(MqttText.utf8(call, key), call.isNumber(value) ? qos(call, value) : 0));
            if (topics.isEmpty()) {
                throw new LuaError("no topics found");
            }
            at = call.isNumber(3) ? 4 : 3;
        } else {
            int qos = 0;
            if (call.isNumber(3)) {
                qos = qos(call, 3);
                at = 4;
            } else {
                withoutQos(call);
                at = call.isNoneOrNil(3) ? 4 : 3;
            }
            topics.put(MqttText.utf8(call, 2), qos);
        }
        return call.push(subscribed.start(call, at, done -> mqtt().subscribe(topics, done)));
    }

    private void withoutQos(LuaCall call) {
        if (profile.isStrict()) {
            throw call.expected(3, "number");
        }
        if (profile.isEsp32()) {
            warn(
                    WarningType.FIRMWARE_FAULT,
                    "subscribe() without a QoS raises an error on an ESP32, whatever its documentation says");
        }
    }

    int unsubscribe(LuaCall call) {
        if (!mayCall()) {
            return call.push(false);
        }
        List<String> topics = new ArrayList<>();
        if (call.isTable(2)) {
            call.walk(2, (key, value) -> topics.add(MqttText.utf8(call, key)));
            if (topics.isEmpty()) {
                throw new LuaError("no topics found");
            }
        } else {
            topics.add(MqttText.utf8(call, 2));
        }
        return call.push(unsubscribed.start(call, 3, done -> mqtt().unsubscribe(topics, done)));
    }

    // ---- what the client reports

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

    @Override
    public void failed(int reason, boolean reported) {
        if (!reported) {
            ConnectFailure why = mqtt().lastFailure();
            warn(
                    WarningType.CONNECT_FAILED,
                    "connection failed with reason " + reason + ", and the script has no function for that: "
                            + (why == null ? "" : why.text()));
        }
        settle();
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
    public void addressLost() {
        mqtt().loseNetwork();
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
