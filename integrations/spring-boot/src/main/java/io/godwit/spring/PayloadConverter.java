package io.godwit.spring;

import io.godwit.mqtt.protocol.Message;
import java.lang.reflect.Type;

/**
 * Turns payloads into objects and back. The first converter that can do it is used: those of the application by
 * {@code @Order}, then ours for bytes and text, then ours for JSON. Any thread.
 */
public interface PayloadConverter {
    /** Whether payloads of this content type, empty if the message has none, can become objects of this type. */
    boolean canRead(Type type, String contentType);

    /**
     * The payload as an object of this type.
     *
     * @throws Exception if the payload isn't what it should be: the listener's failure policy decides
     */
    Object read(Message message, Type type) throws Exception;

    /** Whether objects of this type can become payloads. */
    boolean canWrite(Class<?> type);

    /** The object as a payload. */
    byte[] write(Object value) throws Exception;

    /** The content type of what {@link #write} makes, for MQTT 5; empty if there is none. */
    default String contentType() {
        return "";
    }
}
