package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.vm.LuaCall;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Topics, client ids and user names: bytes for a script, UTF-8 text for MQTT [MQTT-1.5.3-1]. */
final class MqttText {

    private MqttText() {}

    static String utf8(LuaCall call, int index) {
        String text = decoded(call.bytes(index));
        if (text == null) {
            throw call.argument(index, "must be UTF-8, as MQTT requires");
        }
        return text;
    }

    /** The text, or null if the bytes are not UTF-8. */
    static @Nullable String decoded(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
