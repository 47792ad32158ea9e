package example;

import io.godwit.spring.MqttListener;
import io.godwit.spring.MqttTemplate;
import io.godwit.spring.TopicVariable;
import org.springframework.stereotype.Component;

/** What boilers and other programs send. */
@Component
class BoilerListener {
    private final Boilers boilers;
    private final MqttTemplate template;

    BoilerListener(Boilers boilers, MqttTemplate template) {
        this.boilers = boilers;
        this.template = template;
    }

    /** A reading that is no JSON becomes a dead letter at once, one that no boiler can have after two retries. */
    @MqttListener("boiler/{id}/temp")
    void reading(@TopicVariable String id, Reading reading) {
        boilers.put(id, reading);
        if (reading.celsius() > Boilers.HOT) {
            template.send("boiler/" + id + "/alarm", reading);
        }
    }

    /** The answer to a request goes to the response topic that it names. */
    @MqttListener("boiler/{id}/last")
    Reading last(@TopicVariable String id) {
        return boilers.get(id);
    }
}
