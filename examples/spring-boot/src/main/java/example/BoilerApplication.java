package example;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Watches the boilers that report to an MQTT broker: {@code application.yaml} says which. */
@SpringBootApplication
public class BoilerApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(BoilerApplication.class, arguments);
    }
}
