package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.godwit.testkit.FaultProxy;
import io.godwit.testkit.GodwitTest;
import io.godwit.testkit.TestBroker;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

class BoilerTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path state;

    @GodwitTest
    void the_boiler_is_reported_offline(TestBroker broker, FaultProxy proxy) {
        try (Boiler boiler = new Boiler(proxy.uri(), state)) {
            boiler.report("61").join();
            proxy.cut();
            assertNotNull(broker.awaitMessage(seen -> seen.topic().equals("boiler/7/status"), SOON));
        }
    }

    @GodwitTest
    void a_temperature_reported_without_a_broker_arrives_after_a_restart(TestBroker broker, FaultProxy proxy) {
        proxy.refuse();
        try (Boiler boiler = new Boiler(proxy.uri(), state)) {
            boiler.report("62");
            boiler.stored().join();
        }
        try (Boiler again = new Boiler(broker.uri(), state)) {
            assertEquals(
                    "62",
                    broker.awaitMessage(seen -> seen.topic().equals("boiler/7/temp"), SOON)
                            .text());
        }
    }
}
