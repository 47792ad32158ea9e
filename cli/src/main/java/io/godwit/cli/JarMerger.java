package io.godwit.cli;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Merges the jars of the class path into one for the launcher of a clone: looking for a class or a file that does not exist, as
 * several libraries do, opens all of them. Not for people, who get the jar of the package.
 */
public final class JarMerger {
    private static final String SERVICES = "META-INF/services/";

    private final Set<String> names = new HashSet<>();
    private final Map<String, ByteArrayOutputStream> services = new TreeMap<>();
    private final JarOutputStream merged;

    private JarMerger(JarOutputStream merged) {
        this.merged = merged;
    }

    /** @param arguments the file to write */
    public static void main(String[] arguments) throws IOException {
        List<Path> jars = new ArrayList<>();
        for (String jar : System.getProperty("java.class.path").split(File.pathSeparator)) {
            jars.add(Path.of(jar));
        }
        merge(jars, Path.of(arguments[0]));
    }

    /** Writes what is in these jars into one: of files with the same name the first, and all providers of services. */
    static void merge(List<Path> jars, Path into) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MULTI_RELEASE, "true");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(into), manifest)) {
            out.setLevel(Deflater.BEST_SPEED);
            JarMerger merger = new JarMerger(out);
            for (Path jar : jars) {
                merger.add(jar);
            }
            merger.writeServices();
        }
    }

    /** Copies what no jar before this one has. */
    private void add(Path file) throws IOException {
        try (ZipFile jar = new ZipFile(file.toFile())) {
            Enumeration<? extends ZipEntry> entries = jar.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                String name = entry.getName();
                if (name.startsWith(SERVICES) && !entry.isDirectory()) {
                    ByteArrayOutputStream providers =
                            services.computeIfAbsent(name, one -> new ByteArrayOutputStream());
                    jar.getInputStream(entry).transferTo(providers);
                    providers.write('\n');
                } else if (!isOfOneJar(name) && names.add(name)) {
                    merged.putNextEntry(new ZipEntry(name));
                    jar.getInputStream(entry).transferTo(merged);
                }
            }
        }
    }

    /** What says something about the jar that it is in: its manifest, signature and module. */
    private static boolean isOfOneJar(String name) {
        return name.equals("META-INF/MANIFEST.MF")
                || name.equals("META-INF/")
                || name.startsWith(SERVICES)
                || name.endsWith("module-info.class")
                || name.startsWith("META-INF/") && (name.endsWith(".SF") || name.endsWith(".RSA"));
    }

    private void writeServices() throws IOException {
        for (Map.Entry<String, ByteArrayOutputStream> service : services.entrySet()) {
            merged.putNextEntry(new ZipEntry(service.getKey()));
            service.getValue().writeTo(merged);
        }
    }
}
