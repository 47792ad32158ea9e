package io.godwit.mqtt.opentelemetry;

import io.godwit.checks.ApiList;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ApiTest {
    @Test
    void the_public_api_is_the_one_that_api_txt_lists() {
        ApiList.check(Path.of(""));
    }
}
