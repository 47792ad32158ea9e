package io.godwit.checks;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes down each test that was skipped, and why, for {@link SkipSummary}. Surefire's reports are not enough: they forget a
 * class whose {@code @BeforeAll} failed an assumption, and a parameterized test whose source did.
 */
public final class SkipListener implements TestExecutionListener {
    // Set once.
    private final @Nullable String file;

    // Any thread.
    private final Queue<SkippedTest> skipped = new ConcurrentLinkedQueue<>();
    private final AtomicInteger tests = new AtomicInteger();

    /** For the service loader: writes to the file that the build names in {@code skips.file}, if it does. */
    public SkipListener() {
        this(System.getProperty("skips.file"));
    }

    SkipListener(@Nullable String file) {
        this.file = file;
    }

    @Override
    public void executionSkipped(TestIdentifier identifier, String reason) {
        note(identifier, reason);
    }

    @Override
    public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
            note(identifier, result.getThrowable().map(Throwable::getMessage).orElse("no reason given"));
        } else if (identifier.isTest()) {
            tests.incrementAndGet();
        }
    }

    private void note(TestIdentifier identifier, @Nullable String reason) {
        String text = String.valueOf(reason).replaceFirst("^\\s*Assumption failed: ", "");
        skipped.add(new SkippedTest(nameOf(identifier), text.strip().replaceAll("\\s+", " ")));
    }

    private static String nameOf(TestIdentifier identifier) {
        Optional<TestSource> source = identifier.getSource();
        if (source.isPresent() && source.get() instanceof MethodSource method) {
            return simpleName(method.getClassName()) + "." + method.getMethodName();
        }
        if (source.isPresent() && source.get() instanceof ClassSource type) {
            return simpleName(type.getClassName()) + " (whole class)";
        }
        return identifier.getDisplayName();
    }

    private static String simpleName(String type) {
        return type.substring(type.lastIndexOf('.') + 1);
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        if (file != null) {
            new SkippedTest.Run(tests.get(), skipped.stream().toList()).write(Path.of(file));
        }
    }
}
