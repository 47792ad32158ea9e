package io.godwit.mqtt.client.transport.netty;

import java.lang.module.ModuleDescriptor;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Checks which Netty the application brings. Its build decides that: a BOM that pins another version, or a second library with
 * a Netty of its own, leads to jars that do not fit together, and those fail late and far away from the cause.
 */
final class NettyVersions {

    /** What goes into the build to get one version of all jars. */
    private static final String HELP =
            "import io.netty:netty-bom of one version in front of all other BOMs (Maven: dependencyManagement, scope import;"
                    + " Gradle: platform(...))";

    private static final Set<String> SUPPORTED = Set.of("4.1", "4.2");

    /** One class of each jar that is always used. */
    private static final Map<String, String> ALWAYS = jars(List.of(
            "netty-common", "io.netty.util.Version",
            "netty-buffer", "io.netty.buffer.ByteBuf",
            "netty-transport", "io.netty.channel.Channel",
            "netty-codec", "io.netty.handler.codec.ByteToMessageDecoder",
            "netty-handler", "io.netty.handler.ssl.ApplicationProtocolNames"));

    /** The same for jars that are used if they are present. */
    private static final Map<String, String> IF_PRESENT = jars(List.of(
            "netty-transport-native-unix-common", "io.netty.channel.unix.DomainSocketAddress",
            "netty-transport-classes-epoll", "io.netty.channel.epoll.Epoll"));

    private NettyVersions() {}

    private static Map<String, String> jars(List<String> namesAndClasses) {
        Map<String, String> jars = new LinkedHashMap<>();
        for (int i = 0; i < namesAndClasses.size(); i += 2) {
            jars.put(namesAndClasses.get(i), namesAndClasses.get(i + 1));
        }
        return jars;
    }

    /**
     * Checks the jars that every connection needs.
     *
     * @throws IllegalStateException if one is missing or does not fit the others; the message names what was found, what is
     *     needed and what to put into the build
     */
    static void check() {
        Map<String, String> found = new LinkedHashMap<>();
        for (Map.Entry<String, String> jar : ALWAYS.entrySet()) {
            String artifact = jar.getKey();
            Class<?> present = load(jar.getValue());
            if (present == null) {
                throw new IllegalStateException("Godwit needs Netty 4.1 or 4.2, but " + artifact
                        + " is not on the class path: add io.netty:" + artifact + ", and " + HELP);
            }
            found.put(artifact, version(present));
        }
        for (Map.Entry<String, String> jar : IF_PRESENT.entrySet()) {
            Class<?> present = load(jar.getValue());
            if (present != null) {
                found.put(jar.getKey(), version(present));
            }
        }
        check(found);
    }

    /**
     * Checks the jar of a part that only some addresses need.
     *
     * @param part what needs it, for the message
     * @throws IllegalStateException like {@link #check()}
     */
    static void checkOptional(String part, String artifact, String type) {
        Class<?> present = load(type);
        if (present == null) {
            throw new IllegalStateException(
                    part + " needs " + artifact + ", which is not on the class path: add io.netty:" + artifact
                            + " in the version of the other Netty artifacts");
        }
        Map<String, String> found = new LinkedHashMap<>();
        Class<?> common = load("io.netty.util.Version");
        if (common != null) {
            found.put("netty-common", version(common));
        }
        found.put(artifact, version(present));
        check(found);
    }

    /**
     * Checks versions by artifact; empty ones are unknown.
     *
     * @throws IllegalStateException like {@link #check()}
     */
    static void check(Map<String, String> found) {
        Set<String> lines = new LinkedHashSet<>();
        for (String version : found.values()) {
            if (!version.isEmpty()) {
                lines.add(line(version));
            }
        }
        if (lines.size() > 1 || !SUPPORTED.containsAll(lines)) {
            throw new IllegalStateException(
                    "Godwit needs Netty 4.1 or 4.2, all of its jars from the same one, but found "
                            + found.entrySet().stream()
                                    .filter(jar -> !jar.getValue().isEmpty())
                                    .map(jar -> jar.getKey() + " " + jar.getValue())
                                    .collect(Collectors.joining(", "))
                            + ": " + HELP);
        }
    }

    /** The failure of a part of Netty that is missing or does not fit, with what is known about the jars. */
    static IllegalStateException explain(LinkageError failure) {
        try {
            check();
        } catch (IllegalStateException better) {
            better.addSuppressed(failure);
            return better;
        }
        return new IllegalStateException(
                "Godwit cannot use the Netty on the class path (" + failure + "): it needs Netty 4.1 or 4.2; " + HELP,
                failure);
    }

    /** Major and minor number. */
    private static String line(String version) {
        String[] parts = version.split("\\.", 3);
        return parts.length < 2 ? version : parts[0] + "." + parts[1];
    }

    private static @Nullable Class<?> load(String name) {
        try {
            return Class.forName(name, false, NettyVersions.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError absent) {
            return null;
        }
    }

    /** The version of the jar that a class comes from; empty where it cannot be known, as in a jar made of several. */
    private static String version(Class<?> type) {
        Package in = type.getPackage();
        String title = in.getImplementationTitle();
        if (title != null && title.startsWith("Netty/") && in.getImplementationVersion() != null) {
            return in.getImplementationVersion();
        }
        ModuleDescriptor module = type.getModule().getDescriptor();
        return module == null ? "" : module.rawVersion().orElse("");
    }
}
