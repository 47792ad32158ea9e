package example.paho;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileInputStream;
import java.io.InputStream;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.eclipse.paho.client.mqttv3.DisconnectedBufferOptions;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallbackExtended;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MqttDefaultFilePersistence;

/** Reports a boiler's temperature and takes commands: Telemetry ssl://HOST:PORT [CA] */
public final class Telemetry implements MqttCallbackExtended {
    private final MqttConnectOptions options = new MqttConnectOptions();
    private final MqttAsyncClient client;

    Telemetry(String server, String ca) throws Exception {
        options.setCleanSession(false);
        options.setAutomaticReconnect(true);
        options.setMaxInflight(1000);
        options.setUserName(System.getenv("MQTT_USER"));
        options.setPassword(System.getenv("MQTT_PASSWORD").toCharArray());
        options.setWill("boiler/7/status", "offline".getBytes(UTF_8), 1, true);
        if (ca != null) {
            options.setSocketFactory(trusting(ca));
        }
        DisconnectedBufferOptions buffer = new DisconnectedBufferOptions();
        buffer.setBufferEnabled(true);
        buffer.setPersistBuffer(true);
        client = new MqttAsyncClient(server, "boiler-7", new MqttDefaultFilePersistence("state"));
        client.setBufferOpts(buffer);
        client.setCallback(this);
    }

    /** Paho reconnects by itself, but only after it has been connected once. */
    void connect() throws InterruptedException {
        while (!client.isConnected()) {
            try {
                client.connect(options).waitForCompletion();
            } catch (MqttException e) {
                System.err.println("cannot connect: " + e);
                Thread.sleep(1000);
            }
        }
    }

    @Override
    public void connectComplete(boolean reconnect, String server) {
        try {
            if (!reconnect) { // while messages wait in the buffer, subscribing ends the connection
                client.subscribe("boiler/7/set", 1);
            }
            client.publish("boiler/7/status", "online".getBytes(UTF_8), 1, true);
        } catch (MqttException e) {
            System.err.println("cannot subscribe: " + e);
        }
    }

    @Override
    public void connectionLost(Throwable cause) {
        System.err.println("disconnected: " + cause);
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        System.out.println("command: " + new String(message.getPayload(), UTF_8));
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {
        // Called for a message that was acknowledged; nobody is called for one that was not.
    }

    void report(int reading) {
        try {
            client.publish("boiler/7/temp", String.valueOf(reading).getBytes(UTF_8), 1, false);
        } catch (MqttException e) {
            System.err.println("lost reading " + reading + ": " + e);
        }
    }

    void close() {
        try {
            client.disconnect().waitForCompletion();
            client.close();
        } catch (MqttException e) {
            System.err.println("cannot disconnect: " + e);
        }
    }

    private static SSLSocketFactory trusting(String ca) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null);
        try (InputStream in = new FileInputStream(ca)) {
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        String algorithm = TrustManagerFactory.getDefaultAlgorithm();
        TrustManagerFactory factory = TrustManagerFactory.getInstance(algorithm);
        factory.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    public static void main(String[] arguments) throws Exception {
        String ca = arguments.length > 1 ? arguments[1] : null;
        Telemetry telemetry = new Telemetry(arguments[0], ca);
        Runtime.getRuntime().addShutdownHook(new Thread(telemetry::close));
        telemetry.connect();
        for (int reading = 1; ; reading++) {
            telemetry.report(reading);
            System.out.println("reading " + reading);
            Thread.sleep(200);
        }
    }
}
