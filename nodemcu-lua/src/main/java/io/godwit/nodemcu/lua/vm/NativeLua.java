package io.godwit.nodemcu.lua.vm;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import party.iroiro.luajava.lua51.Lua51;

/**
 * Loads the native library of Lua from a file that nobody else could have written: it is unpacked into a fresh folder with
 * access for this user only, its SHA-256 digest is compared with the one listed here, and it is loaded by its path. (Left
 * to itself, the binding would take any file in a predictable place of the temporary folder that has the right CRC-32.)
 */
final class NativeLua {

    /** The libraries of version 4.0.2 of the binding, by operating system and processor. */
    private record Library(String file, String sha256) {}

    private static final Map<String, Library> LIBRARIES = Map.of(
            "linux x86_64",
            new Library("liblua5164.so", "78d37b1865ec62b70a98f60fa2f4396840079da4098754388191cd207f9a9505"),
            "linux x86",
            new Library("liblua51.so", "f238f7ca65bb85fd7c652bba10aeadf17ef9fd52a44011822ad23bf674af3782"),
            "linux arm",
            new Library("liblua51arm.so", "698888e4fed4b5ccf7b39370fe082ac24f6f38e2c8a35630d5f67b7f15bda350"),
            "linux aarch64",
            new Library("liblua51arm64.so", "70b61f50d94a67a71f5b95ce72c5eb815c4d382535554c9b4442f5223b80ec8c"),
            "windows x86",
            new Library("lua51.dll", "673fc331733cb324913449d34ac4ed33401590bad2bd8ca4b30e847425b767c5"),
            "windows x86_64",
            new Library("lua5164.dll", "6ff391b5b5e9549677f9dbdcfb2f618de48b6a1d43de09b2c6af447408fd3702"),
            "windows aarch64",
            new Library("lua51arm64.dll", "3fd2b8bb22bec8ad349aeb0e3adec6de5d887828c573e37e9fff3f7ba480ffca"),
            "macos x86_64",
            new Library("liblua5164.dylib", "c981049001829972ee8b2871fd5fdf12914c9c452eede96ad3c1b00f05076f27"),
            "macos aarch64",
            new Library("liblua51arm64.dylib", "7f67d4fe59aac354364a7394ab0f68e15e5d58e2e1a706a8c1171fa33e1830f0"));

    /** The outcome of loading: the library is loaded once per class loader, when this class is initialized. */
    private static final class Loaded {
        private static final @Nullable LuaUnavailableException FAILURE = tryToLoad();

        private static @Nullable LuaUnavailableException tryToLoad() {
            try {
                loadNow();
                return null;
            } catch (LuaUnavailableException e) {
                return e;
            }
        }
    }

    private NativeLua() {}

    /**
     * Loads the library unless it is loaded.
     *
     * @throws LuaUnavailableException if this platform has no native library or it cannot be loaded
     */
    static void load() {
        LuaUnavailableException failure = Loaded.FAILURE;
        if (failure != null) {
            throw new LuaUnavailableException(String.valueOf(failure.getMessage()), failure);
        }
    }

    private static void loadNow() {
        String platform = platform();
        Library library = LIBRARIES.get(platform);
        if (library == null) {
            throw new LuaUnavailableException("Lua scripts cannot run here: there is no native library for " + platform
                    + "; there is one for "
                    + String.join(", ", LIBRARIES.keySet().stream().sorted().toList()));
        }
        try {
            Path folder = Files.createTempDirectory("godwit-lua-");
            Path file = folder.resolve(library.file());
            try {
                Files.write(file, verified(library));
                System.load(file.toAbsolutePath().toString());
                initializeBinding();
            } finally {
                // What is loaded stays loaded. Windows keeps the file until the process ends.
                if (!platform.startsWith("windows")) {
                    Files.deleteIfExists(file);
                    Files.deleteIfExists(folder);
                } else {
                    folder.toFile().deleteOnExit();
                    file.toFile().deleteOnExit();
                }
            }
        } catch (IOException e) {
            throw new LuaUnavailableException(
                    "Lua's native library could not be unpacked into the temporary folder: " + e.getMessage(), e);
        } catch (UnsatisfiedLinkError e) {
            throw new LuaUnavailableException(
                    "Lua's native library for " + platform + " could not be loaded: " + e.getMessage()
                            + (platform.startsWith("linux") ? " (it needs glibc; musl is not supported)" : ""),
                    e);
        }
    }

    private static byte[] verified(Library library) throws IOException {
        try (InputStream in = NativeLua.class.getClassLoader().getResourceAsStream(library.file())) {
            if (in == null) {
                throw new LuaUnavailableException("Lua's native library " + library.file()
                        + " is not on the class path: add party.iroiro.luajava:lua51-platform:4.0.2:natives-desktop");
            }
            byte[] content = in.readAllBytes();
            String digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
            if (!digest.equals(library.sha256())) {
                throw new LuaUnavailableException("Lua's native library " + library.file() + " is not the expected one:"
                        + " its SHA-256 digest is " + digest + ", not " + library.sha256());
            }
            return content;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /**
     * Makes the first state, for which the binding's loader would look for the library itself. On iOS it does not, since
     * libraries are linked there: so it sees iOS for the time of one call.
     */
    private static void initializeBinding() {
        try {
            Class<?> loader = Class.forName("com.badlogic.gdx.utils.SharedLibraryLoader");
            Field os = loader.getField("os");
            Object real = os.get(null);
            Object linked =
                    Class.forName("com.badlogic.gdx.utils.Os").getField("IOS").get(null);
            os.set(null, linked);
            try {
                new Lua51().close();
            } finally {
                os.set(null, real);
            }
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new LuaUnavailableException("Lua's native library could not be bound: " + e, e);
        }
    }

    private static String platform() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        String family = os.startsWith("windows")
                ? "windows"
                : os.startsWith("mac") ? "macos" : os.startsWith("linux") ? "linux" : os;
        String processor = switch (arch) {
            case "amd64", "x86_64", "x64" -> "x86_64";
            case "x86", "i386", "i486", "i586", "i686" -> "x86";
            case "aarch64", "arm64" -> "aarch64";
            default -> arch.startsWith("arm") ? "arm" : arch;
        };
        return family + " " + processor;
    }
}
