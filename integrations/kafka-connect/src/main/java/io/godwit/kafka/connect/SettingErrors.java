package io.godwit.kafka.connect;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigValue;

/** Adds messages to the settings of a validation. */
final class SettingErrors {
    private final Map<String, ConfigValue> values = new LinkedHashMap<>();

    SettingErrors(List<ConfigValue> validated) {
        validated.forEach(value -> values.put(value.name(), value));
    }

    /** @param fault continues a sentence that begins with the name of the setting */
    void add(String setting, String fault) {
        ConfigValue value = values.get(setting);
        if (value == null) {
            throw new IllegalArgumentException("unknown setting " + setting);
        }
        value.addErrorMessage(setting + " " + fault);
    }

    boolean isEmpty() {
        return values.values().stream().allMatch(value -> value.errorMessages().isEmpty());
    }
}
