package io.godwit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Inside a package, the files depend on each other in one direction: whoever reads a class can read what it uses first. Nested
 * classes count as part of their file.
 */
class ClassCyclesTest {

    @Test
    void the_classes_of_a_package_have_no_cycles() {
        assertThat(Codebase.production()).isNotEmpty();
        KnownExceptions.check(
                "class-cycles",
                "the classes of one package do not depend on each other in a cycle",
                inCycles(Codebase.production().stream().toList()));
    }

    @Test
    void a_cycle_is_found_and_a_chain_is_not_one() {
        Collection<JavaClass> classes = new ClassFileImporter()
                .importPackages("io.godwit.architecture.cycle").stream().toList();
        assertThat(inCycles(classes))
                .containsExactly("io.godwit.architecture.cycle.Chicken", "io.godwit.architecture.cycle.Egg");
    }

    /** The names of the classes from which a way leads back to them, through classes of the same package. */
    private static Set<String> inCycles(Collection<JavaClass> classes) {
        Map<String, Set<String>> uses = new HashMap<>();
        for (JavaClass type : classes) {
            JavaClass from = Codebase.outermost(type);
            Set<String> targets = uses.computeIfAbsent(from.getName(), name -> new HashSet<>());
            type.getDirectDependenciesFromSelf().stream()
                    .map(Dependency::getTargetClass)
                    .map(JavaClass::getBaseComponentType)
                    .filter(target -> target.getPackageName().equals(from.getPackageName()))
                    .map(target -> Codebase.outermost(target).getName())
                    .filter(target -> !target.equals(from.getName()))
                    .forEach(targets::add);
        }
        return uses.keySet().stream()
                .filter(name -> reaches(name, uses))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean reaches(String name, Map<String, Set<String>> uses) {
        Set<String> seen = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(uses.getOrDefault(name, Set.of()));
        while (!open.isEmpty()) {
            String next = open.pop();
            if (next.equals(name)) {
                return true;
            }
            if (seen.add(next)) {
                open.addAll(uses.getOrDefault(next, Set.of()));
            }
        }
        return false;
    }
}
