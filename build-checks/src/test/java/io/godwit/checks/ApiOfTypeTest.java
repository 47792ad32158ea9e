package io.godwit.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

public class ApiOfTypeTest {
    public record Pair<T extends Comparable<T>>(
            T first, @Nullable T second) {
        public static <X extends Comparable<X>> Pair<X> twice(X value) {
            return new Pair<>(value, value);
        }
    }

    abstract static class Hidden {
        public void shown() {}
    }

    public abstract static class Shown extends Hidden {
        protected final int count = 1;

        protected abstract @Nullable String find(List<? extends @Nullable Object> in, String... names)
                throws IOException;

        public void use(Function<? super String, byte @Nullable []> how) {}

        void hidden() {}

        @Override
        public String toString() {
            return "";
        }
    }

    public sealed interface Shape permits Round, Square {}

    public enum Round implements Shape {
        CIRCLE,
        BALL
    }

    public static final class Square implements Shape {}

    @Test
    void a_record_is_its_components_and_what_it_adds() {
        assertThat(ApiOfType.lines(Pair.class))
                .containsExactlyInAnyOrder(
                        "ApiOfTypeTest.Pair: record<T extends Comparable<T>>(T first, T? second)",
                        "ApiOfTypeTest.Pair: static <X extends Comparable<X>> twice(X) : Pair<X>"
                                .replace("Pair<X>", "ApiOfTypeTest.Pair<X>"));
    }

    @Test
    void members_of_a_hidden_base_class_count() {
        assertThat(ApiOfType.lines(Shown.class))
                .contains(
                        "ApiOfTypeTest.Shown: shown() : void",
                        "ApiOfTypeTest.Shown: protected final count : int",
                        "ApiOfTypeTest.Shown: protected abstract find(List<? extends Object?>, String...) throws IOException : String?",
                        "ApiOfTypeTest.Shown: use(Function<? super String, byte[]?>) : void")
                .noneMatch(line -> line.contains("hidden") || line.contains("toString"));
    }

    @Test
    void a_closed_set_lists_its_members() {
        assertThat(ApiOfType.lines(Shape.class))
                .containsExactly(
                        "ApiOfTypeTest.Shape: sealed interface permits ApiOfTypeTest.Round, ApiOfTypeTest.Square");
        assertThat(ApiOfType.lines(Round.class))
                .containsExactlyInAnyOrder(
                        "ApiOfTypeTest.Round: enum implements ApiOfTypeTest.Shape",
                        "ApiOfTypeTest.Round: constant CIRCLE",
                        "ApiOfTypeTest.Round: constant BALL");
    }

    @Test
    void what_is_not_visible_has_no_lines() {
        assertThat(ApiOfType.lines(Hidden.class)).isEmpty();
    }
}
