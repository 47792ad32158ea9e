package io.godwit.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What the package says about its contents is what it contains. */
class SupplyChainTest {
    private static final String NAME = System.getProperty("package.name");
    private static final Path BUILT = Path.of(System.getProperty("package.folder", "."));
    private static final Pattern NATIVE = Pattern.compile(".*\\.(so|dll|dylib|jnilib)");
    private static final Pattern EPOLL = Pattern.compile(".*libnetty_transport_native_epoll_(\\w+)\\.so");
    private static final Pattern LUA = Pattern.compile("(?:lib)?lua51(\\w*)\\.(\\w+)");
    private static final Pattern JLINE = Pattern.compile("org/jline/nativ/(\\w+)/(\\w+)/.*");
    private static final Pattern GROUP = Pattern.compile("\"purl\" : \"pkg:maven/([\\w.-]+)/");

    private final Path bom = BUILT.resolve(NAME + ".cdx.json");

    @Test
    void the_sbom_lists_the_components_with_their_hashes() throws IOException {
        assertThat(Files.readString(bom))
                .contains("\"bomFormat\" : \"CycloneDX\"", "pkg:maven/io.netty/netty-buffer@", "\"SHA-256\"");
    }

    @Test
    void the_list_of_third_party_software_is_complete() throws IOException {
        Set<String> groups = GROUP.matcher(Files.readString(bom))
                .results()
                .map(match -> match.group(1))
                .filter(group -> !group.equals("io.godwit"))
                .collect(Collectors.toCollection(TreeSet::new));
        String list = Files.readString(Path.of("src/package/THIRD-PARTY.md"));
        assertThat(groups).hasSizeGreaterThan(5).allMatch(group -> list.contains("`" + group + "`"));
    }

    @Test
    void the_native_libraries_are_those_of_the_table() throws IOException {
        assertThat(found()).isEqualTo(documented());
    }

    /** The platforms of each library with native code in the jar. */
    private static Map<String, Set<String>> found() throws IOException {
        Map<String, Set<String>> found = new TreeMap<>();
        try (JarFile jar = new JarFile(BUILT.resolve(NAME + ".jar").toFile())) {
            jar.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> NATIVE.matcher(name).matches())
                    .forEach(name -> add(found, name));
        }
        return found;
    }

    private static void add(Map<String, Set<String>> found, String name) {
        Matcher epoll = EPOLL.matcher(name);
        Matcher lua = LUA.matcher(name);
        Matcher jline = JLINE.matcher(name);
        if (epoll.matches()) {
            put(found, "Netty epoll", "Linux " + epoll.group(1));
        } else if (lua.matches()) {
            String system =
                    Map.of("so", "Linux ", "dll", "Windows ", "dylib", "macOS ").get(lua.group(2));
            put(found, "Lua 5.1", system + Map.of("", "x86", "64", "x86_64").getOrDefault(lua.group(1), lua.group(1)));
        } else if (jline.matches()) {
            put(found, "JLine", jline.group(1).replace("Mac", "macOS") + " " + jline.group(2));
        } else {
            put(found, name, "unknown");
        }
    }

    private static void put(Map<String, Set<String>> found, String library, String platform) {
        found.computeIfAbsent(library, absent -> new TreeSet<>()).add(platform);
    }

    private static Map<String, Set<String>> documented() throws IOException {
        String text = Files.readString(Path.of("../SECURITY.md"));
        String section = text.substring(text.indexOf("## Native libraries"));
        return Pattern.compile("(?m)^\\| ([A-Z][^|]*) \\| [^|]* \\| ([^|]*) \\| [^|]* \\|$")
                .matcher(section)
                .results()
                .collect(Collectors.toMap(
                        match -> match.group(1), SupplyChainTest::platforms, (a, b) -> a, TreeMap::new));
    }

    private static Set<String> platforms(MatchResult row) {
        return new TreeSet<>(Arrays.asList(row.group(2).split(", ")));
    }
}
