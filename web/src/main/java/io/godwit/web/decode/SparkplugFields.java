package io.godwit.web.decode;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the fields of Sparkplug's messages by name. */
final class SparkplugFields {
    private SparkplugFields() {}

    /** The field's value, or null if it is not set. */
    static @Nullable Object get(Message message, String name) {
        FieldDescriptor field = message.getDescriptorForType().findFieldByName(name);
        return field != null && message.hasField(field) ? message.getField(field) : null;
    }

    @SuppressWarnings("unchecked")
    static List<Object> all(Message message, String name) {
        FieldDescriptor field = message.getDescriptorForType().findFieldByName(name);
        return field == null ? List.of() : (List<Object>) message.getField(field);
    }

    static List<DynamicMessage> messages(Message message, String name) {
        return all(message, name).stream().map(DynamicMessage.class::cast).toList();
    }
}
