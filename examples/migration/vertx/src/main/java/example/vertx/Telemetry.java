package example.vertx;

import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.MqttClientOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reports a boiler's temperature and takes commands: Telemetry HOST PORT [CA] */
public final class Telemetry {
    private static final int MOST_UNSENT = 10_000;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final MqttClientOptions options = new MqttClientOptions();
    private final String host;
    private final int port;

    // On the context only.
    private final Deque<String> unsent = new ArrayDeque<>();
    private final Map<Integer, String> unacknowledged = new LinkedHashMap<>();
    private MqttClient client;

    Telemetry(String host, int port, String ca) {
        this.host = host;
        this.port = port;
        options.setClientId("boiler-7");
        options.setCleanSession(false);
        options.setMaxInflightQueue(1000);
        options.setUsername(System.getenv("MQTT_USER"));
        options.setPassword(System.getenv("MQTT_PASSWORD"));
        options.setWillFlag(true);
        options.setWillTopic("boiler/7/status");
        options.setWillMessageBytes(Buffer.buffer("offline"));
        options.setWillQoS(1);
        options.setWillRetain(true);
        if (ca != null) {
            options.setSsl(true);
            options.setTrustOptions(new PemTrustOptions().addCertPath(ca));
            options.setHostnameVerificationAlgorithm("HTTPS");
        }
    }

    /** A new client for each connection: it connects once, and keeps nothing afterwards. */
    void connect() {
        MqttClient next = MqttClient.create(vertx, options);
        next.publishHandler(message -> System.out.println("command: " + message.payload()));
        next.publishCompletionHandler(unacknowledged::remove);
        next.connect(port, host).onComplete(connected -> {
            if (connected.failed()) {
                System.err.println("cannot connect: " + connected.cause());
                vertx.setTimer(1000, timer -> connect());
                return;
            }
            client = next;
            next.closeHandler(closed -> disconnected());
            next.subscribe("boiler/7/set", 1);
            Buffer online = Buffer.buffer("online");
            next.publish("boiler/7/status", online, MqttQoS.AT_LEAST_ONCE, false, true);
            List<String> waiting = new ArrayList<>(unsent);
            unsent.clear();
            waiting.forEach(this::send);
        });
    }

    private void disconnected() {
        System.err.println("disconnected");
        client = null;
        List<String> again = new ArrayList<>(unacknowledged.values());
        again.addAll(unsent);
        unacknowledged.clear();
        unsent.clear();
        unsent.addAll(again);
        vertx.setTimer(1000, timer -> connect());
    }

    private void send(String reading) {
        if (client == null) {
            keep(reading);
            return;
        }
        client.publish("boiler/7/temp", Buffer.buffer(reading), MqttQoS.AT_LEAST_ONCE, false, false)
                .onSuccess(identifier -> unacknowledged.put(identifier, reading))
                .onFailure(failure -> keep(reading));
    }

    private void keep(String reading) {
        unsent.add(reading);
        if (unsent.size() > MOST_UNSENT) {
            System.err.println("lost reading " + unsent.remove());
        }
    }

    void close() {
        context.runOnContext(ignored -> {
            if (client != null) {
                client.closeHandler(null).disconnect();
            }
        });
    }

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[1]);
        String ca = arguments.length > 2 ? arguments[2] : null;
        Telemetry telemetry = new Telemetry(arguments[0], port, ca);
        Runtime.getRuntime().addShutdownHook(new Thread(telemetry::close));
        telemetry.context.runOnContext(ignored -> telemetry.connect());
        for (int reading = 1; ; reading++) {
            String text = String.valueOf(reading);
            telemetry.context.runOnContext(ignored -> telemetry.send(text));
            System.out.println("reading " + reading);
            Thread.sleep(200);
        }
    }
}
