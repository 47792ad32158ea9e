package io.godwit.web.decode;

import io.godwit.web.json.JsonTree;
import io.godwit.web.json.JsonTree.Decimal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePacker;

/** JSON as MessagePack. */
final class MessagePackEncoder implements PayloadEncoder {
    @Override
    public byte[] encode(byte[] json) {
        Object value = JsonTree.of(json, "the payload");
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length);
        try (MessagePacker packer = MessagePack.newDefaultPacker(out)) {
            pack(value, packer);
        } catch (IOException e) {
            throw new IllegalArgumentException("the payload cannot be encoded: " + e.getMessage(), e);
        }
        return out.toByteArray();
    }

    private static void pack(@Nullable Object value, MessagePacker packer) throws IOException {
        if (value instanceof Map<?, ?> members) {
            packer.packMapHeader(members.size());
            for (Map.Entry<?, ?> member : members.entrySet()) {
                packer.packString(String.valueOf(member.getKey()));
                pack(member.getValue(), packer);
            }
        } else if (value instanceof List<?> elements) {
            packer.packArrayHeader(elements.size());
            for (Object element : elements) {
                pack(element, packer);
            }
        } else if (value instanceof BigInteger number) {
            packer.packBigInteger(number); // in the fewest bytes; beyond 64 bits it throws
        } else if (value instanceof Decimal number) {
            packer.packDouble(number.toDouble());
        } else if (value instanceof Boolean truth) {
            packer.packBoolean(truth);
        } else if (value instanceof String text) {
            packer.packString(text);
        } else {
            packer.packNil();
        }
    }
}
