package io.godwit.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicTemplateTest {
    @Test
    void variables_become_wildcards_and_values() {
        TopicTemplate topic = new TopicTemplate("site/{site}/boiler/{id}/#");

        assertThat(topic.filter()).isEqualTo("site/+/boiler/+/#");
        assertThat(topic.values("site/3/boiler/7/temp/max")).isEqualTo(Map.of("site", "3", "id", "7"));
    }

    @Test
    void a_variable_is_a_whole_level() {
        assertThatThrownBy(() -> new TopicTemplate("boiler-{id}/temp"))
                .hasMessage(
                        "invalid topic 'boiler-{id}/temp': the variable in 'boiler-{id}' must be a level of its own");
    }

    @Test
    void each_variable_has_its_own_name() {
        assertThatThrownBy(() -> new TopicTemplate("{a}/{a}"))
                .hasMessage("invalid topic '{a}/{a}': each variable needs a name of its own");
    }
}
