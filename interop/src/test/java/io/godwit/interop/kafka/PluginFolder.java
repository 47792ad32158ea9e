package io.godwit.interop.kafka;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** Makes of this program's class path what the build packs: a folder for {@code plugin.path}, so that tests need no package. */
final class PluginFolder {
    private static final List<String> MODULES = List.of("protocol", "codec", "client", "kafka-connect");

    private PluginFolder() {}

    /** The folder that contains the plugin's. */
    static Path create(Path folder) throws IOException {
        Path plugins = folder.resolve("plugins");
        Path plugin = Files.createDirectories(plugins.resolve("godwit"));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            String text = entry.replace('\\', '/');
            if (Files.isRegularFile(path) && (text.contains("/io/netty/") || isModuleJar(path))) {
                Files.copy(path, plugin.resolve(path.getFileName()));
            } else if (Files.isDirectory(path) && text.endsWith("/classes") && isModule(text)) {
                pack(path, plugin.resolve("godwit-" + Integer.toHexString(text.hashCode()) + ".jar"));
            }
        }
        try (Stream<Path> jars = Files.list(plugin)) {
            if (jars.count() < MODULES.size()) {
                throw new IOException(
                        "the class path does not have all of the connector: " + System.getProperty("java.class.path"));
            }
        }
        return plugins;
    }

    private static boolean isModule(String classes) {
        return MODULES.stream().anyMatch(module -> classes.matches(".*/" + module + "/target/(fast/)?classes"));
    }

    private static boolean isModuleJar(Path jar) {
        String name = jar.getFileName().toString();
        return MODULES.stream().anyMatch(module -> name.matches("godwit-" + module + "-[0-9].*\\.jar"));
    }

    private static void pack(Path classes, Path jar) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                entries.putNextEntry(
                        new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, entries);
                entries.closeEntry();
            }
        }
    }
}
