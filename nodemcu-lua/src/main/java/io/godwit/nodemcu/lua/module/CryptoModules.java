package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** {@code crypto} (digests, HMAC, AES as the chip does it) and {@code encoder} (hexadecimal and Base64). */
final class CryptoModules {

    private static final LuaLibrary ENCODER = LuaLibrary.module("encoder")
            .function("toHex", call -> call.push(HexFormat.of().formatHex(call.bytes(1))))
            .function("fromHex", call -> {
                try {
                    return call.push(HexFormat.of().parseHex(call.text(1)));
                } catch (IllegalArgumentException e) {
                    throw new LuaError("Invalid hex string");
                }
            })
            .function("toBase64", call -> call.push(Base64.getEncoder().encode(call.bytes(1))))
            .function("fromBase64", call -> {
                try {
                    return call.push(Base64.getDecoder().decode(call.bytes(1)));
                } catch (IllegalArgumentException e) {
                    throw new LuaError("Invalid base64 string");
                }
            })
            .build();

    private static final LuaLibrary HASH = LuaLibrary.object("crypto.hash")
            .function("update", call -> {
                call.object(1, Hash.class, "crypto.hash").update(call.bytes(2));
                return 0;
            })
            .function(
                    "finalize",
                    call -> call.push(call.object(1, Hash.class, "crypto.hash").end()))
            .build();

    private static final LuaLibrary CRYPTO = LuaLibrary.module("crypto")
            .function("hash", call -> call.push(digest(call, 1).of(call.bytes(2))))
            .function("hmac", call -> call.push(hmac(call, 1, 3).of(call.bytes(2))))
            .function("fhash", call -> {
                byte[] content = Caller.device(call).flash().read(call.text(2));
                if (content == null) {
                    throw new LuaError("can't open file");
                }
                return call.push(digest(call, 1).of(content));
            })
            .function("new_hash", call -> call.pushObject(digest(call, 1), HASH))
            .function("new_hmac", call -> call.pushObject(hmac(call, 1, 2), HASH))
            .function("sha1", call -> call.push(digest("SHA-1").of(call.bytes(1))))
            .function("toHex", call -> call.push(HexFormat.of().formatHex(call.bytes(1))))
            .function("toBase64", call -> call.push(Base64.getEncoder().encode(call.bytes(1))))
            .function("mask", call -> {
                byte[] text = call.bytes(1);
                byte[] mask = call.bytes(2);
                if (mask.length == 0) {
                    throw call.argument(2, "mask must not be empty");
                }
                for (int i = 0; i < text.length; i++) {
                    text[i] ^= mask[i % mask.length];
                }
                return call.push(text);
            })
            .function("encrypt", call -> aes(call, Cipher.ENCRYPT_MODE))
            .function("decrypt", call -> aes(call, Cipher.DECRYPT_MODE))
            .build();

    static final List<LuaLibrary> LIBRARIES = List.of(ENCODER, CRYPTO);

    private CryptoModules() {}

    /** A digest or HMAC in progress; keeps none of the text. */
    private static final class Hash {
        private final Consumer<byte[]> add;
        private final Supplier<byte[]> finish;
        private byte @Nullable [] result;

        Hash(Consumer<byte[]> add, Supplier<byte[]> finish) {
            this.add = add;
            this.finish = finish;
        }

        void update(byte[] text) {
            if (result != null) {
                throw new LuaError("the hash is finalized");
            }
            add.accept(text);
        }

        byte[] end() {
            byte[] known = result;
            if (known == null) {
                known = finish.get();
                result = known;
            }
            return known;
        }

        byte[] of(byte[] text) {
            update(text);
            return end();
        }
    }

    private static String javaName(LuaCall call, int index) {
        String name = call.text(index).toUpperCase(Locale.ROOT).replace("-", "");
        return switch (name) {
            case "MD2", "MD5" -> name;
            case "SHA1", "SHA224", "SHA256", "SHA384", "SHA512" -> "SHA-" + name.substring(3);
            case "RIPEMD160" -> throw new LuaError("this host has no RIPEMD160");
            default -> throw call.argument(index, "invalid hash type");
        };
    }

    private static Hash digest(LuaCall call, int index) {
        return digest(javaName(call, index));
    }

    private static Hash digest(String name) {
        try {
            MessageDigest digest = MessageDigest.getInstance(name);
            return new Hash(digest::update, digest::digest);
        } catch (GeneralSecurityException e) {
            throw new LuaError("this host has no " + name);
        }
    }

    private static Hash hmac(LuaCall call, int index, int keyIndex) {
        String name = "Hmac" + javaName(call, index).replace("-", "");
        byte[] given = call.bytes(keyIndex);
        // An empty key and one zero byte give the same HMAC, and Java refuses the former.
        byte[] key = given.length == 0 ? new byte[1] : given;
        try {
            Mac mac = Mac.getInstance(name);
            mac.init(new SecretKeySpec(key, name));
            return new Hash(mac::update, mac::doFinal);
        } catch (GeneralSecurityException e) {
            throw new LuaError("this host has no " + name);
        }
    }

    /** AES-128 with zero padding; a missing initialisation vector is all zeros. */
    private static int aes(LuaCall call, int direction) {
        String mode = call.text(1);
        if (!mode.equals("AES-ECB") && !mode.equals("AES-CBC")) {
            throw call.argument(1, "unknown cipher");
        }
        byte[] key = call.bytes(2);
        if (key.length != 16) {
            throw call.argument(2, "key must be 16 bytes");
        }
        byte[] text = call.bytes(3);
        byte[] padded = Arrays.copyOf(text, (text.length + 15) / 16 * 16);
        byte[] start = Arrays.copyOf(call.bytes(4, "".getBytes(StandardCharsets.US_ASCII)), 16);
        try {
            Cipher cipher = Cipher.getInstance(mode.equals("AES-ECB") ? "AES/ECB/NoPadding" : "AES/CBC/NoPadding");
            SecretKeySpec secret = new SecretKeySpec(key, "AES");
            if (mode.equals("AES-ECB")) {
                cipher.init(direction, secret);
            } else {
                cipher.init(direction, secret, new IvParameterSpec(start));
            }
            return call.push(cipher.doFinal(padded));
        } catch (GeneralSecurityException e) {
            throw new LuaError("crypto op failed: " + e.getMessage());
        }
    }
}
