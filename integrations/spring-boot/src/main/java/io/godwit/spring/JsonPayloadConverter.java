package io.godwit.spring;

import io.godwit.mqtt.protocol.Message;
import java.lang.reflect.Type;
import tools.jackson.databind.json.JsonMapper;

/** JSON, by the application's Jackson. */
final class JsonPayloadConverter implements PayloadConverter {
    // Set once.
    private final JsonMapper mapper;

    JsonPayloadConverter(JsonMapper mapper) {
        this.mapper = mapper;
    }

    @Override
    public boolean canRead(Type type, String contentType) {
        return contentType.isEmpty() || contentType.contains("json");
    }

    @Override
    public Object read(Message message, Type type) {
        return mapper.readValue(message.payload(), mapper.constructType(type));
    }

    @Override
    public boolean canWrite(Class<?> type) {
        return true;
    }

    @Override
    public byte[] write(Object value) {
        return mapper.writeValueAsBytes(value);
    }

    @Override
    public String contentType() {
        return "application/json";
    }
}
