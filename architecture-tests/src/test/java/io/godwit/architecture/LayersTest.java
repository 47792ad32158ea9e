package io.godwit.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertAll;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.godwit.mqtt.client.MqttClientBuilder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/**
 * The layers of ARCHITECTURE.md: which package may use which, and what holds in every package. The modules keep most of it
 * already; this test keeps it between the packages of one module too.
 */
class LayersTest {
    private static final String PROTOCOL = "io.godwit.mqtt.protocol";
    private static final String CODEC = "io.godwit.mqtt.codec";
    private static final String SESSION = "io.godwit.mqtt.client.session";
    private static final String CLIENT_STORE = "io.godwit.mqtt.client.store";
    private static final String NET = "io.godwit.mqtt.client.net";
    private static final String TRANSPORT = "io.godwit.mqtt.client.transport";
    private static final String CLIENT = "io.godwit.mqtt.client";
    private static final String ENGINE = "io.godwit.mqtt.client.engine";
    private static final String STORE = "io.godwit.mqtt.store";
    private static final String BROKER = "io.godwit.mqtt.broker";
    private static final String BROKER_INTERNAL = "io.godwit.mqtt.broker.internal";
    private static final String TESTKIT = "io.godwit.testkit";
    private static final String NODEMCU = "io.godwit.nodemcu";
    private static final String LUA = "io.godwit.nodemcu.lua";
    private static final String SPRING = "io.godwit.spring";
    private static final String STREAMS = "io.godwit.streams";
    private static final String WEB = "io.godwit.web";
    private static final String MICROMETER = "io.godwit.mqtt.micrometer";
    private static final String OPENTELEMETRY = "io.godwit.mqtt.opentelemetry";
    private static final String CLI = "io.godwit.cli";
    private static final String SIMULATION = "io.godwit.simulation";
    private static final String PLOT = "io.godwit.plot";
    private static final String CHECKS = "io.godwit.checks";

    /** What each package may use of the others. Testkit is in nobody's list: {@link PublishedModulesTest}. */
    private static final Map<String, Set<String>> LAYERS = Map.ofEntries(
            Map.entry(PROTOCOL, Set.of()),
            Map.entry(CODEC, Set.of(PROTOCOL)),
            Map.entry(CLIENT_STORE, Set.of(PROTOCOL)),
            Map.entry(SESSION, Set.of(PROTOCOL, CODEC, CLIENT_STORE)),
            Map.entry(NET, Set.of()),
            Map.entry(TRANSPORT, Set.of(NET)),
            // The API knows the engine in one class only, see below.
            Map.entry(CLIENT, Set.of(PROTOCOL, CLIENT_STORE, NET, SESSION, TRANSPORT, ENGINE)),
            Map.entry(ENGINE, Set.of(PROTOCOL, CODEC, CLIENT, SESSION, CLIENT_STORE, NET, TRANSPORT)),
            Map.entry(STORE, Set.of(PROTOCOL, CODEC, CLIENT_STORE)),
            Map.entry(BROKER, Set.of(PROTOCOL, CODEC, BROKER_INTERNAL)),
            Map.entry(BROKER_INTERNAL, Set.of()),
            Map.entry(TESTKIT, Set.of(PROTOCOL, CODEC, BROKER, BROKER_INTERNAL)),
            Map.entry(NODEMCU, Set.of(PROTOCOL, CLIENT, ENGINE, CLIENT_STORE, NET, TRANSPORT)),
            Map.entry(LUA, Set.of(PROTOCOL, CLIENT, ENGINE, CLIENT_STORE, NET, TRANSPORT, BROKER, NODEMCU)),
            Map.entry(STREAMS, Set.of(PROTOCOL, CLIENT)),
            Map.entry(SPRING, Set.of(PROTOCOL, CLIENT, CLIENT_STORE, NET, STORE, BROKER, MICROMETER, OPENTELEMETRY)),
            Map.entry(WEB, Set.of(PROTOCOL, CLIENT, CLIENT_STORE, NET)),
            Map.entry(MICROMETER, Set.of(PROTOCOL, CLIENT, NET)),
            Map.entry(OPENTELEMETRY, Set.of(PROTOCOL, CLIENT, NET)),
            // The command shows packets as they pass, so it decodes them and taps connections.
            Map.entry(
                    CLI,
                    Set.of(
                            PROTOCOL,
                            CODEC,
                            CLIENT,
                            ENGINE,
                            CLIENT_STORE,
                            NET,
                            TRANSPORT,
                            STORE,
                            BROKER,
                            NODEMCU,
                            LUA,
                            WEB,
                            PLOT)),
            Map.entry(
                    SIMULATION,
                    Set.of(
                            PROTOCOL,
                            CODEC,
                            CLIENT,
                            ENGINE,
                            SESSION,
                            CLIENT_STORE,
                            NET,
                            TRANSPORT,
                            STORE,
                            BROKER,
                            PLOT)),
            Map.entry(PLOT, Set.of()),
            Map.entry(CHECKS, Set.of()));

    /** Layers that may be divided into further packages, which use what their layer uses. */
    private static final Set<String> DIVIDED = Set.of(TRANSPORT, LUA, WEB, CLI, SIMULATION);

    /** The packages whose public members show no Netty. The codec and the testkit's connections are not among them. */
    private static final List<String> WITHOUT_NETTY =
            List.of(PROTOCOL, CLIENT, CLIENT_STORE, NET, STORE, STREAMS, NODEMCU, LUA);

    private static final List<String> NOT_EXPORTED = List.of(CODEC, ENGINE, SESSION, TRANSPORT);

    private final JavaClasses production = Codebase.production();

    @Test
    void each_package_uses_only_the_layers_below() {
        assertAll(new TreeMap<>(LAYERS)
                .entrySet().stream()
                        .map(layer -> () ->
                                layerRule(layer.getKey(), layer.getValue()).check(production)));
    }

    private static ArchRule layerRule(String name, Set<String> allowed) {
        String[] usable = Stream.concat(Stream.of(name), allowed.stream())
                .map(LayersTest::withDivisions)
                .toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage(withDivisions(name))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(usable)
                        .or(resideOutsideOfPackage("io.godwit.."))
                        .or(resideInAnyPackage(TESTKIT)));
    }

    @Test
    void each_package_has_a_layer() {
        Set<String> packages =
                production.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));
        assertThat(packages)
                .as("packages that LAYERS in this test does not mention")
                .allMatch(name -> LAYERS.containsKey(name)
                        || DIVIDED.stream().anyMatch(divided -> name.startsWith(divided + ".")));
    }

    @Test
    void each_layer_is_a_package_with_classes() {
        Set<String> named = Stream.of(
                        LAYERS.keySet().stream(),
                        LAYERS.values().stream().flatMap(Set::stream),
                        DIVIDED.stream(),
                        WITHOUT_NETTY.stream(),
                        NOT_EXPORTED.stream())
                .flatMap(names -> names)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(named)
                .allMatch(name -> production.stream()
                        .anyMatch(type -> type.getPackageName().equals(name)));
    }

    private static String withDivisions(String layer) {
        return DIVIDED.contains(layer) ? layer + ".." : layer;
    }

    @Test
    void packages_have_no_cycles() {
        slices().matching("io.godwit.(**)")
                .should()
                .beFreeOfCycles()
                // The builder is where the API makes the engine.
                .ignoreDependency(
                        equivalentTo(MqttClientBuilder.class), resideInAnyPackage(ENGINE, SESSION, TRANSPORT + ".."))
                .check(production);
    }

    @Test
    void of_the_api_only_the_builder_knows_the_engine() {
        builderRule().check(production);
    }

    private static ArchRule builderRule() {
        return noClasses()
                .that()
                .resideInAPackage(CLIENT)
                .and()
                .doNotHaveFullyQualifiedName(MqttClientBuilder.class.getName())
                .should()
                .dependOnClassesThat(resideInAnyPackage(ENGINE, SESSION, TRANSPORT + ".."));
    }

    @Test
    void protocol_depends_on_the_JDK_alone() {
        protocolRule().check(production);
    }

    private static ArchRule protocolRule() {
        return classes()
                .that()
                .resideInAPackage(PROTOCOL)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(PROTOCOL, "java..", "org.jspecify.annotations"));
    }

    @Test
    void no_Netty_type_shows_in_the_api() {
        methodsShow("io.netty").check(production);
        classesShow("io.netty").check(production);
    }

    @Test
    void no_type_that_is_not_exported_shows_in_the_api() {
        assertAll(NOT_EXPORTED.stream().map(hidden -> () -> {
            methodsShow(hidden).check(production);
            classesShow(hidden).check(production);
        }));
    }

    private static ArchRule methodsShow(String hidden) {
        return methods()
                .that(describe("users see", method -> isSeen(method.getOwner(), method.getModifiers())))
                .should(Rules.notMention(hidden));
    }

    private static ArchRule classesShow(String hidden) {
        return classes()
                .that(describe("users see", type -> isSeen(type, type.getModifiers())))
                .should(Rules.notShow(hidden));
    }

    private static boolean isSeen(JavaClass owner, Set<JavaModifier> modifiers) {
        return WITHOUT_NETTY.contains(owner.getPackageName())
                && owner.getModifiers().contains(JavaModifier.PUBLIC)
                && (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED));
    }

    @Test
    void each_package_declares_its_nullness() {
        Set<String> unmarked = production.stream()
                .map(JavaClass::getPackage)
                .filter(each -> !each.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(unmarked)
                .as("packages without @NullMarked in a package-info.java")
                .isEmpty();
    }

    @Test
    void one_class_writes_the_clients_log_so_that_each_line_names_the_client() {
        logRule().check(production);
    }

    private static ArchRule logRule() {
        return noClasses()
                .that()
                .resideInAPackage(CLIENT + "..")
                .and()
                .doNotHaveFullyQualifiedName(ENGINE + ".ConnectionLog")
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.slf4j.."));
    }

    @Test
    void a_lock_is_a_ReentrantLock() {
        lockRule().check(production);
    }

    private static ArchRule lockRule() {
        return methods()
                .should()
                .notHaveModifier(JavaModifier.SYNCHRONIZED)
                .because("a virtual thread that waits in `synchronized` pins its carrier thread");
    }

    @Test
    void static_fields_are_final() {
        staticFieldRule().check(production);
    }

    private static ArchRule staticFieldRule() {
        return fields().that()
                .areStatic()
                .and(describe(
                        "are written by hand",
                        field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC)
                                && !field.getName().startsWith("$")))
                .should()
                .beFinal();
    }

    @Test
    void a_rule_that_matches_nothing_fails() {
        JavaClasses nothing = new ClassFileImporter().importPackages("io.godwit.absent");
        assertThat(nothing).isEmpty();
        Stream<ArchRule> rules = Stream.concat(
                LAYERS.keySet().stream().map(layer -> layerRule(layer, Set.of())),
                Stream.of(
                        slices().matching("io.godwit.(**)").should().beFreeOfCycles(),
                        builderRule(),
                        protocolRule(),
                        methodsShow("io.netty"),
                        classesShow("io.netty"),
                        logRule(),
                        lockRule(),
                        staticFieldRule()));
        assertAll(rules.map(
                rule -> () -> assertThatThrownBy(() -> rule.check(nothing)).isInstanceOf(AssertionError.class)));
    }
}
