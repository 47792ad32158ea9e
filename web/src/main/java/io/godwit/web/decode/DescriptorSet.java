package io.godwit.web.decode;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The message types of a file that {@code protoc --include_imports --descriptor_set_out} has written.
 *
 * @param name under which rules refer to it
 */
public record DescriptorSet(String name, SortedMap<String, Descriptor> messages) {
    private static final int DEEPEST_IMPORTS = 100;

    /**
     * Reads a descriptor set.
     *
     * @throws IllegalArgumentException if it is not one, or lacks a file that it imports
     */
    public static DescriptorSet read(String name, byte[] bytes) {
        FileDescriptorSet set;
        try {
            set = FileDescriptorSet.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(
                    "'" + name
                            + "' is not a descriptor set; make one with: protoc --include_imports --descriptor_set_out=FILE",
                    e);
        }
        Map<String, FileDescriptorProto> files = new HashMap<>();
        set.getFileList().forEach(file -> files.put(file.getName(), file));
        Map<String, FileDescriptor> built = new HashMap<>();
        SortedMap<String, Descriptor> messages = new TreeMap<>();
        for (FileDescriptorProto file : set.getFileList()) {
            build(name, file, files, built, 0).getMessageTypes().forEach(type -> collect(type, messages));
        }
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("'" + name + "' has no message types");
        }
        return new DescriptorSet(name, messages);
    }

    private static FileDescriptor build(
            String name,
            FileDescriptorProto file,
            Map<String, FileDescriptorProto> files,
            Map<String, FileDescriptor> built,
            int depth) {
        FileDescriptor known = built.get(file.getName());
        if (known != null) {
            return known;
        }
        if (depth > DEEPEST_IMPORTS) {
            throw new IllegalArgumentException("'" + name + "': " + file.getName() + " imports itself");
        }
        FileDescriptor[] imports = file.getDependencyList().stream()
                .map(each -> {
                    FileDescriptorProto imported = files.get(each);
                    if (imported == null) {
                        throw new IllegalArgumentException("'" + name + "' lacks " + each + ", which " + file.getName()
                                + " imports; make it with protoc --include_imports");
                    }
                    return build(name, imported, files, built, depth + 1);
                })
                .toArray(FileDescriptor[]::new);
        try {
            FileDescriptor made = FileDescriptor.buildFrom(file, imports);
            built.put(file.getName(), made);
            return made;
        } catch (DescriptorValidationException e) {
            throw new IllegalArgumentException("'" + name + "': " + e.getMessage(), e);
        }
    }

    private static void collect(Descriptor type, SortedMap<String, Descriptor> messages) {
        messages.put(type.getFullName(), type);
        type.getNestedTypes().forEach(nested -> collect(nested, messages));
    }

    /** The names of the types, sorted. */
    public List<String> types() {
        return List.copyOf(messages.keySet());
    }

    @Nullable
    Descriptor type(String fullName) {
        return messages.get(fullName);
    }
}
