package io.godwit.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The session is a plain object: values in, bytes and events out. Because it has no socket, thread, clock, random numbers or log, a test
 * owns all of its world, and a failure replays exactly.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // the classes are read once
class SessionIsPureTest {
    private static final String SESSION = "io.godwit.mqtt.client.session..";

    /** Calls that read a clock or make random numbers, by the method's name and its owner's. */
    private static final Set<String> OUTSIDE_WORLD = Set.of(
            "java.lang.System.nanoTime",
            "java.lang.System.currentTimeMillis",
            "java.lang.Math.random",
            "java.time.Instant.now",
            "java.time.LocalDateTime.now",
            "java.time.OffsetDateTime.now",
            "java.time.ZonedDateTime.now",
            "java.util.UUID.randomUUID");

    private final JavaClasses session = Codebase.production();

    @Test
    void it_has_no_socket_and_no_file() {
        noClasses()
                .that()
                .resideInAPackage(SESSION)
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                                "java.net..", "javax.net..", "java.nio.channels..", "java.nio.file..")
                        .or(describe("do I/O", type -> type.getPackageName().equals("java.io") && !isException(type))))
                .check(session);
    }

    private static boolean isException(JavaClass type) {
        return type.isAssignableTo(Throwable.class) || type.getSimpleName().equals("Serializable");
    }

    @Test
    void it_has_no_clock_and_no_random_numbers() {
        noClasses()
                .that()
                .resideInAPackage(SESSION)
                .should()
                .dependOnClassesThat(describe(
                        "tell the time or make random numbers",
                        type -> Set.of(
                                        "java.time.Clock",
                                        "java.util.Timer",
                                        "java.util.Random",
                                        "java.security.SecureRandom",
                                        "java.util.concurrent.ThreadLocalRandom")
                                .contains(type.getName())))
                .orShould()
                .accessTargetWhere(
                        target(describe("reads the clock or makes random numbers", SessionIsPureTest::isOutsideWorld)))
                .check(session);
    }

    private static boolean isOutsideWorld(AccessTarget target) {
        return OUTSIDE_WORLD.contains(target.getOwner().getName() + "." + target.getName());
    }

    @Test
    void it_has_no_thread_and_no_lock() {
        noClasses()
                .that()
                .resideInAPackage(SESSION)
                .should()
                .dependOnClassesThat(describe(
                        "are threads",
                        type -> Set.of("java.lang.Thread", "java.lang.ThreadLocal")
                                        .contains(type.getName())
                                || type.getName().startsWith("java.util.concurrent.locks.")
                                || (type.getPackageName().equals("java.util.concurrent")
                                        && (type.getSimpleName().contains("Execut")
                                                || type.getSimpleName().contains("Pool")
                                                || type.getSimpleName().endsWith("Queue")
                                                || type.getSimpleName().endsWith("Semaphore")
                                                || type.getSimpleName().endsWith("Latch")))))
                .check(session);
    }

    @Test
    void it_has_no_log_and_of_Netty_only_buffers() {
        noClasses()
                .that()
                .resideInAPackage(SESSION)
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.slf4j..", "java.util.logging..")
                        .or(describe("are System.Logger", type -> type.getName().startsWith("java.lang.System$Logger")))
                        .or(resideInAPackage("io.netty..")
                                .and(describe(
                                        "are not buffers",
                                        type -> !type.getPackageName().equals("io.netty.buffer")
                                                && !type.getName().equals("io.netty.util.ReferenceCounted")))))
                .check(session);
    }
}
