package io.godwit.web.browser;

import io.godwit.checks.Mosquitto;
import io.godwit.checks.Programs;
import io.godwit.mqtt.broker.BrokerSettings;
import io.godwit.mqtt.broker.MqttBroker;
import java.io.IOException;
import java.nio.file.Path;

/** The brokers that the page is tested with. */
enum BrokerKind {
    MOSQUITTO {
        @Override
        Running start(Path folder) throws IOException {
            Programs.require("mosquitto");
            Mosquitto broker = Mosquitto.start(folder, "sys_interval 1", "max_queued_messages 0");
            return new Running("mqtt://127.0.0.1:" + broker.port(), broker);
        }

        @Override
        Running startSecure(Path folder, TlsFiles files) throws IOException {
            Mosquitto broker = Mosquitto.in(folder)
                    .anonymous()
                    .listener(
                            "cafile " + files.authority(),
                            "certfile " + files.serverCertificate(),
                            "keyfile " + files.serverKey(),
                            "require_certificate true")
                    .start();
            return new Running("mqtts://localhost:" + broker.port(), broker);
        }
    },
    GODWIT {
        @Override
        Running start(Path folder) {
            // As Mosquitto, which takes packets of any size.
            MqttBroker broker = MqttBroker.builder()
                    .settings(BrokerSettings.defaults().maximumPacketSize(LARGEST_PACKET))
                    .start();
            return new Running("mqtt://127.0.0.1:" + broker.port(), broker);
        }

        @Override
        Running startSecure(Path folder, TlsFiles files) {
            MqttBroker broker = MqttBroker.builder()
                    .tls(files.serverCertificate(), files.serverKey())
                    .clientCertificates(files.authority())
                    .start();
            return new Running("mqtts://localhost:" + broker.port(), broker);
        }
    };

    private static final int LARGEST_PACKET = 256_000_000;

    abstract Running start(Path folder) throws IOException;

    /** One that is reached with TLS only, and only with a client certificate of its authority. */
    abstract Running startSecure(Path folder, TlsFiles files) throws IOException;

    /** A broker that runs, and its address. */
    record Running(String address, AutoCloseable broker) {}
}
