package io.godwit.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * The floors of ARCHITECTURE.md: which package may use which, and what holds in every room. The modules keep most of it
 * already; this test keeps it between the packages of one module too.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@DisabledIfSystemProperty(named = "fast", matches = ".*")
class LayersTest {
    private static final String PROTOCOL = "io.godwit.mqtt.protocol";
    private static final String CODEC = "io.godwit.mqtt.codec";
    private static final String SESSION = "io.godwit.mqtt.client.session";
    private static final String CLIENT_STORE = "io.godwit.mqtt.client.store";
    private static final String NET = "io.godwit.mqtt.client.net";
    private static final String TRANSPORT = "io.godwit.mqtt.client.transport";
    private static final String CLIENT = "io.godwit.mqtt.client";
    private static final String STORE = "io.godwit.mqtt.store";
    private static final String BROKER = "io.godwit.mqtt.broker";
    private static final String BROKER_INTERNAL = "io.godwit.mqtt.broker.internal";
    private static final String TESTKIT = "io.godwit.testkit";
    private static final String NODEMCU = "io.godwit.nodemcu";
    private static final String LUA = "io.godwit.nodemcu.lua";
    private static final String CLI = "io.godwit.cli";
    private static final String CHECKS = "io.godwit.checks";

    /** What each package may use of the others. A package that is not here has no floor to stand on. */
    private static final Map<String, Set<String>> LAYERS = Map.ofEntries(
            Map.entry(PROTOCOL, Set.of()),
            Map.entry(CODEC, Set.of(PROTOCOL)),
            Map.entry(CLIENT_STORE, Set.of(PROTOCOL)),
            Map.entry(SESSION, Set.of(PROTOCOL, CODEC, CLIENT_STORE)),
            Map.entry(NET, Set.of()),
            Map.entry(TRANSPORT, Set.of(NET)),
            Map.entry(CLIENT, Set.of(PROTOCOL, CODEC, SESSION, CLIENT_STORE, NET, TRANSPORT)),
            Map.entry(STORE, Set.of(PROTOCOL, CODEC, CLIENT_STORE)),
            Map.entry(BROKER, Set.of(PROTOCOL, CODEC, BROKER_INTERNAL)),
            Map.entry(BROKER_INTERNAL, Set.of()),
            Map.entry(TESTKIT, Set.of(PROTOCOL, CODEC, BROKER, BROKER_INTERNAL)),
            Map.entry(NODEMCU, Set.of(PROTOCOL, CLIENT, CLIENT_STORE, NET, TRANSPORT)),
            // Of the testkit only what its JUnit extension needs, see below.
            Map.entry(LUA, Set.of(PROTOCOL, CLIENT, CLIENT_STORE, NET, TRANSPORT, BROKER, TESTKIT, NODEMCU)),
            // The command shows packets as they pass, so it decodes them and taps connections.
            Map.entry(CLI, Set.of(PROTOCOL, CODEC, CLIENT, CLIENT_STORE, NET, TRANSPORT, STORE, BROKER, NODEMCU, LUA)),
            Map.entry(CHECKS, Set.of()));

    /** Floors that may be divided into further packages, which use what their floor uses. */
    private static final Set<String> DIVIDED = Set.of(TRANSPORT, LUA, CLI);

    /** The packages whose public members speak no Netty. The codec and the testkit's connections are not among them. */
    private static final List<String> WITHOUT_NETTY = List.of(PROTOCOL, CLIENT, CLIENT_STORE, NET, STORE, NODEMCU, LUA);

    private JavaClasses production = new ClassFileImporter().importClasses();

    @BeforeAll
    void open_all_rooms() {
        production = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.godwit");
    }

    @Test
    void each_package_uses_only_its_floors() {
        assertAll(new TreeMap<>(LAYERS)
                .entrySet().stream().map(floor -> () -> checkFloor(floor.getKey(), floor.getValue())));
    }

    private void checkFloor(String name, Set<String> allowed) {
        String[] usable = Stream.concat(Stream.of(name), allowed.stream())
                .map(LayersTest::withRooms)
                .toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage(withRooms(name))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(usable).or(resideOutsideOfPackage("io.godwit..")))
                .allowEmptyShould(true)
                .check(production);
    }

    @Test
    void each_package_has_its_floor() {
        Set<String> packages =
                production.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));
        assertThat(packages)
                .as("packages that no line of LAYERS in this test speaks of")
                .allMatch(name -> LAYERS.containsKey(name)
                        || DIVIDED.stream().anyMatch(divided -> name.startsWith(divided + ".")));
    }

    @Test
    void only_the_junit_extension_of_the_device_host_uses_the_testkit() {
        Set<String> users = production.stream()
                .filter(type -> !type.getPackageName().startsWith(TESTKIT)
                        && !type.getPackageName().startsWith("io.godwit.simulation"))
                .filter(type -> type.getDirectDependenciesFromSelf().stream()
                        .anyMatch(use -> use.getTargetClass().getPackageName().startsWith(TESTKIT)))
                .map(JavaClass::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(users).containsExactlyInAnyOrder(LUA + ".DeviceExtension$Stage", LUA + ".DeviceTest");
    }

    private static String withRooms(String floor) {
        return DIVIDED.contains(floor) ? floor + ".." : floor;
    }

    @Test
    void no_package_needs_itself_by_a_way_round() {
        slices().matching("io.godwit.(**)")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(production);
    }

    @Test
    void no_Netty_type_shows_in_the_api() {
        methods()
                .that(describe(
                        "users see in " + WITHOUT_NETTY, method -> seen(method.getOwner(), method.getModifiers())))
                .should(Rules.notMention("io.netty"))
                .allowEmptyShould(true)
                .check(production);
        classes()
                .that(describe("users see in " + WITHOUT_NETTY, type -> seen(type, type.getModifiers())))
                .should(Rules.notShow("io.netty"))
                .allowEmptyShould(true)
                .check(production);
    }

    private static boolean seen(JavaClass owner, Set<JavaModifier> modifiers) {
        return WITHOUT_NETTY.contains(owner.getPackageName())
                && owner.getModifiers().contains(JavaModifier.PUBLIC)
                && (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED));
    }

    @Test
    void no_type_that_is_not_exported_shows_in_the_api() {
        assertAll(List.of(CODEC, SESSION, TRANSPORT).stream().map(hidden -> () -> {
            methods()
                    .that(describe("users see", method -> seen(method.getOwner(), method.getModifiers())))
                    .should(Rules.notMention(hidden))
                    .check(production);
            classes()
                    .that(describe("users see", type -> seen(type, type.getModifiers())))
                    .should(Rules.notShow(hidden))
                    .check(production);
        }));
    }

    @Test
    void each_package_declares_its_nullness() {
        Set<String> unmarked = production.stream()
                .map(JavaClass::getPackage)
                .filter(room -> !room.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(unmarked)
                .as("packages without @NullMarked in a package-info.java")
                .isEmpty();
    }

    @Test
    void a_lock_is_a_ReentrantLock() {
        methods()
                .should()
                .notHaveModifier(JavaModifier.SYNCHRONIZED)
                .because("a virtual thread that waits in `synchronized` holds its carrier")
                .allowEmptyShould(true)
                .check(production);
    }

    @Test
    void no_static_field_changes() {
        fields().that()
                .areStatic()
                .and(describe(
                        "somebody wrote",
                        field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC)
                                && !field.getName().startsWith("$")))
                .should()
                .beFinal()
                .allowEmptyShould(true)
                .check(production);
    }
}
