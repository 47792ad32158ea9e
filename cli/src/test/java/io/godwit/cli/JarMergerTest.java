package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one jar that the launcher of a clone starts Java with has what its parts have. */
class JarMergerTest {
    @TempDir
    Path folder;

    private Path merged;

    @BeforeEach
    void merge() throws IOException {
        Path first = jar(
                "first.jar",
                Map.of(
                        "META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n\n",
                        "META-INF/SIGNER.SF", "of this jar",
                        "META-INF/services/a.Service", "a.First",
                        "module-info.class", "of this jar",
                        "a/Both.class", "first"));
        Path second = jar(
                "second.jar",
                Map.of(
                        "META-INF/services/a.Service", "a.Second",
                        "META-INF/versions/9/module-info.class", "of this jar",
                        "META-INF/versions/9/b/New.class", "new",
                        "a/Both.class", "second",
                        "b/Only.class", "only"));
        merged = folder.resolve("merged.jar");

        JarMerger.merge(List.of(first, second), merged);
    }

    private Path jar(String name, Map<String, String> files) throws IOException {
        Path jar = folder.resolve(name);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (Map.Entry<String, String> file : new TreeMap<>(files).entrySet()) {
                out.putNextEntry(new ZipEntry(file.getKey()));
                out.write(file.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return jar;
    }

    private String text(String name) throws IOException {
        try (JarFile jar = new JarFile(merged.toFile())) {
            return new String(jar.getInputStream(jar.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void of_two_files_with_one_name_the_first_counts() throws IOException {
        assertThat(text("a/Both.class")).isEqualTo("first");
        assertThat(text("b/Only.class")).isEqualTo("only");
    }

    @Test
    void every_provider_of_a_service_is_named() throws IOException {
        assertThat(text("META-INF/services/a.Service").lines()).containsExactly("a.First", "a.Second");
    }

    @Test
    void what_describes_a_single_jar_is_left_out() throws IOException {
        try (JarFile jar = new JarFile(merged.toFile())) {
            assertThat(jar.stream().map(ZipEntry::getName))
                    .containsExactlyInAnyOrder(
                            "META-INF/MANIFEST.MF",
                            "META-INF/services/a.Service",
                            "META-INF/versions/9/b/New.class",
                            "a/Both.class",
                            "b/Only.class");
            assertThat(jar.isMultiRelease()).isTrue();
        }
    }
}
