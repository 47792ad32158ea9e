package example;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

class WithBrokerInMemoryTest extends BoilerApplicationScenarios {
    private static Path folder;
    private static Broker broker;

    @BeforeAll
    static void start() throws Exception {
        folder = folder("in-memory");
        Certificate certificate = Certificate.make(folder, "broker");
        trust(folder, certificate);
        broker = new BrokerInMemory();
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
