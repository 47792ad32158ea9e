package example;

import io.godwit.spring.MqttTemplate;
import java.util.concurrent.CompletableFuture;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The boilers over HTTP. */
@RestController
class BoilerController {
    private final Boilers boilers;
    private final MqttTemplate template;

    BoilerController(Boilers boilers, MqttTemplate template) {
        this.boilers = boilers;
        this.template = template;
    }

    @GetMapping("/boilers/{id}")
    Reading last(@PathVariable String id) {
        return boilers.get(id);
    }

    /** Answers once the broker has the message; it keeps the last one for a boiler that is away. */
    @PostMapping("/boilers/{id}/target")
    CompletableFuture<Void> target(@PathVariable String id, @RequestBody Reading target) {
        return template.sendAsync("boiler/" + id + "/target", target, message -> message.withRetain(true))
                .thenAccept(result -> {});
    }
}
