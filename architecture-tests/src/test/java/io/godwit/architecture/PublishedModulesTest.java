package io.godwit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the modules that users depend on may bring along: their poms, their module descriptors, their classes. */
class PublishedModulesTest {
    private static final String TESTKIT = "io.godwit.testkit";

    /** The JUnit extension of the device host hands out the testkit's journal; the dependency is optional. */
    private static final Set<String> JUNIT_EXTENSION =
            Set.of("io.godwit.nodemcu.lua.DeviceExtension", "io.godwit.nodemcu.lua.DeviceTest");

    private static final Pattern DEPENDENCY = Pattern.compile("<dependency>.*?</dependency>", Pattern.DOTALL);

    @Test
    void only_the_JUnit_extension_of_the_device_host_uses_the_testkit() {
        Set<String> users = Codebase.production().stream()
                .filter(type -> !type.getPackageName().startsWith(TESTKIT))
                .filter(type -> !type.getPackageName().startsWith("io.godwit.simulation")) // is a test itself
                .filter(type -> type.getDirectDependenciesFromSelf().stream()
                        .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                        .anyMatch(target -> target.getPackageName().equals(TESTKIT)))
                .map(Codebase::outermost)
                .map(JavaClass::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(users).containsExactlyInAnyOrderElementsOf(JUNIT_EXTENSION);
    }

    @Test
    void no_module_depends_on_the_testkit_except_for_tests() {
        Stream<String> dependents = Stream.concat(Codebase.PUBLISHED.stream(), Stream.of("cli"))
                .filter(module -> !module.equals("testkit"))
                .filter(module -> productionDependencies(module).anyMatch(each -> each.contains("godwit-testkit")));
        assertThat(dependents).isEmpty();
    }

    @Test
    void protocol_has_no_dependencies() {
        assertThat(productionDependencies("protocol")).isEmpty();
    }

    @Test
    void each_published_module_has_a_descriptor_and_an_api_list() {
        assertThat(Codebase.PUBLISHED)
                .allMatch(module -> Files.exists(pathOf(module, "src/main/java/module-info.java")))
                .filteredOn(module -> !module.equals("codec")) // exports to other modules of Godwit only
                .allMatch(module -> Files.exists(pathOf(module, "api.txt")));
    }

    private static Stream<String> productionDependencies(String module) {
        List<String> dependencies = DEPENDENCY
                .matcher(Codebase.read(pathOf(module, "pom.xml")))
                .results()
                .map(match -> match.group())
                .toList();
        assertThat(dependencies).as("dependencies in the pom of " + module).isNotEmpty();
        return dependencies.stream()
                .filter(each -> !each.contains("<scope>test</scope>") && !each.contains("<optional>true</optional>"));
    }

    private static Path pathOf(String module, String file) {
        return Codebase.ROOT.resolve(module).resolve(file);
    }
}
