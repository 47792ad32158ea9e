package io.godwit.web.decode;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The payload of Sparkplug B as its specification numbers the fields (version 3.0.0, section 6.4), as a descriptor. */
final class SparkplugSchema {
    private static final String PACKAGE = "sparkplug";

    /** Each message, and its fields as {@code name type number}; {@code *} before the type: repeated; capitals: a message. */
    private static final Map<String, String> MESSAGES = new LinkedHashMap<>();

    static {
        MESSAGES.put("Payload", "timestamp uint64 1, metrics *Metric 2, seq uint64 3, uuid string 4, body bytes 5");
        MESSAGES.put(
                "Metric",
                "name string 1, alias uint64 2, timestamp uint64 3, datatype uint32 4, is_historical bool 5, is_transient bool 6,"
                        + " is_null bool 7, metadata MetaData 8, properties PropertySet 9, int_value uint32 10,"
                        + " long_value uint64 11, float_value float 12, double_value double 13, boolean_value bool 14,"
                        + " string_value string 15, bytes_value bytes 16, dataset_value DataSet 17, template_value Template 18");
        MESSAGES.put(
                "MetaData",
                "is_multi_part bool 1, content_type string 2, size uint64 3, seq uint64 4, file_name string 5,"
                        + " file_type string 6, md5 string 7, description string 8");
        MESSAGES.put("PropertySet", "keys *string 1, values *PropertyValue 2");
        MESSAGES.put("PropertySetList", "propertyset *PropertySet 1");
        MESSAGES.put(
                "PropertyValue",
                "type uint32 1, is_null bool 2, int_value uint32 3, long_value uint64 4, float_value float 5,"
                        + " double_value double 6, boolean_value bool 7, string_value string 8,"
                        + " propertyset_value PropertySet 9, propertysets_value PropertySetList 10");
        MESSAGES.put("DataSet", "num_of_columns uint64 1, columns *string 2, types *uint32 3, rows *Row 4");
        MESSAGES.put("Row", "elements *DataSetValue 1");
        MESSAGES.put(
                "DataSetValue",
                "int_value uint32 1, long_value uint64 2, float_value float 3, double_value double 4, boolean_value bool 5,"
                        + " string_value string 6");
        MESSAGES.put(
                "Template",
                "version string 1, metrics *Metric 2, parameters *Parameter 3, template_ref string 4, is_definition bool 5");
        MESSAGES.put(
                "Parameter",
                "name string 1, type uint32 2, int_value uint32 3, long_value uint64 4, float_value float 5,"
                        + " double_value double 6, boolean_value bool 7, string_value string 8");
    }

    static final Descriptor PAYLOAD = build();

    private SparkplugSchema() {}

    private static Descriptor build() {
        FileDescriptorProto.Builder file =
                FileDescriptorProto.newBuilder().setName("sparkplug_b.proto").setPackage(PACKAGE);
        MESSAGES.forEach((name, fields) -> {
            DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(name);
            for (String field : fields.split(", ")) {
                message.addField(field(field.split(" ")));
            }
            file.addMessageType(message);
        });
        try {
            return FileDescriptor.buildFrom(file.build(), new FileDescriptor[0]).findMessageTypeByName("Payload");
        } catch (DescriptorValidationException e) {
            throw new IllegalStateException(e); // the table above is wrong
        }
    }

    private static FieldDescriptorProto field(String[] words) {
        String type = words[1].replace("*", "");
        FieldDescriptorProto.Builder field = FieldDescriptorProto.newBuilder()
                .setName(words[0])
                .setNumber(Integer.parseInt(words[2]))
                .setLabel(words[1].startsWith("*") ? Label.LABEL_REPEATED : Label.LABEL_OPTIONAL);
        if (Character.isUpperCase(type.charAt(0))) {
            field.setType(Type.TYPE_MESSAGE).setTypeName("." + PACKAGE + "." + type);
        } else {
            field.setType(Type.valueOf("TYPE_" + type.toUpperCase(Locale.ROOT)));
        }
        return field.build();
    }
}
