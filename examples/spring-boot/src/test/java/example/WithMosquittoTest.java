package example;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIf;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@EnabledIf(value = "example.Mosquitto#isInstalled", disabledReason = "mosquitto is not installed")
class WithMosquittoTest extends BoilerApplicationScenarios {
    private static Path folder;
    private static Broker broker;

    @BeforeAll
    static void start() throws Exception {
        folder = folder("mosquitto");
        Certificate certificate = Certificate.make(folder, "broker");
        trust(folder, certificate);
        broker = new Mosquitto(folder);
        broker.start(certificate);
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
    }

    @DynamicPropertySource
    static void properties(DynamicPropertyRegistry properties) {
        properties.add("godwit.mqtt.servers", () -> broker.uri());
        properties.add("spring.ssl.bundle.pem.broker.truststore.certificate", () -> "file:" + folder + "/ca.pem");
    }

    @Override
    Broker broker() {
        return broker;
    }

    @Override
    Path folder() {
        return folder;
    }
}
