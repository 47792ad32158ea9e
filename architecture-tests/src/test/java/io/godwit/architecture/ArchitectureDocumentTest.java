package io.godwit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMember;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** ARCHITECTURE.md describes the code as it is: each class, method, package and file that it names exists. */
class ArchitectureDocumentTest {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)[^)]*\\)");
    private static final Pattern CLASS = Pattern.compile("[A-Z][a-z]\\w*(\\.[A-Z]\\w*)*");
    private static final Pattern MEMBER = Pattern.compile("([A-Z][a-z]\\w*)\\.([a-z]\\w*)(\\(.*\\))?");
    private static final Pattern PACKAGE = Pattern.compile("io\\.godwit(\\.[a-z]\\w*)*");
    private static final Pattern METHOD = Pattern.compile("([a-z]\\w*)\\(.*\\)");
    private static final Pattern PATH = Pattern.compile("(\\./)?[\\w.-]+(/[\\w.-]*)+|[\\w-]+\\.(md|xml|txt|sh|lua)");

    /** Where to look for a class that is not ours. */
    private static final List<String> OF_THE_JDK = List.of(
            "java.lang.",
            "java.util.",
            "java.util.concurrent.",
            "java.util.concurrent.atomic.",
            "java.util.concurrent.locks.",
            "java.time.",
            "java.nio.",
            "java.nio.file.",
            "java.net.",
            "javax.net.ssl.");

    private final String text = Codebase.read(Codebase.ROOT.resolve("ARCHITECTURE.md"));
    private final Set<String> tests = Codebase.sources("src/test/java").stream()
            .map(file -> file.getFileName().toString().replace(".java", ""))
            .collect(Collectors.toSet());

    @Test
    void each_class_exists() {
        assertThat(named(CLASS)).isNotEmpty().allMatch(this::isClass);
    }

    @Test
    void each_method_and_field_exists() {
        assertThat(named(MEMBER)).isNotEmpty().allMatch(this::isMember);
        assertThat(matches(METHOD).map(match -> match.group(1)))
                .allMatch(name -> Codebase.production().stream().anyMatch(type -> hasMember(type, name)));
    }

    @Test
    void each_package_exists() {
        assertThat(named(PACKAGE)).isNotEmpty().allMatch(this::isPackage);
    }

    @Test
    void each_file_exists() {
        Set<String> paths = named(PATH).stream()
                .filter(path -> !path.startsWith("target/"))
                .collect(Collectors.toCollection(TreeSet::new));
        LINK.matcher(text).results().map(match -> match.group(1)).forEach(paths::add);
        assertThat(paths)
                .isNotEmpty()
                .allMatch(path -> path.startsWith("https:")
                        || Stream.concat(Stream.of(""), Codebase.modules())
                                .anyMatch(module -> Files.exists(
                                        Codebase.ROOT.resolve(module).resolve(path)))
                        || Codebase.modules().anyMatch(module -> (module + "/").endsWith("/" + path)));
    }

    private Stream<MatchResult> matches(Pattern form) {
        return CODE.matcher(text)
                .results()
                .map(match -> match.group(1))
                .flatMap(code -> form.matcher(code)
                        .results()
                        .filter(match -> match.group().equals(code)));
    }

    private Set<String> named(Pattern form) {
        return matches(form).map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }

    private boolean isClass(String name) {
        return tests.contains(name)
                || anyClass(type ->
                        shortName(type).equals(name) || type.getSimpleName().equals(name))
                || OF_THE_JDK.stream().anyMatch(prefix -> exists(prefix + name));
    }

    private boolean isMember(String code) {
        String type = code.substring(0, code.indexOf('.'));
        String member = code.substring(type.length() + 1).replaceFirst("\\(.*", "");
        return anyClass(each -> each.getSimpleName().equals(type) && hasMember(each, member))
                || (tests.contains(type) && member.equals("java"));
    }

    private boolean isPackage(String name) {
        return anyClass(type -> type.getPackageName().equals(name))
                || Stream.of("src/main/java", "src/main/kotlin", "src/test/java")
                        .flatMap(sources -> Codebase.modules()
                                .map(module -> Codebase.ROOT.resolve(module).resolve(sources)))
                        .map(sources -> sources.resolve(name.replace('.', '/')))
                        .anyMatch(Files::isDirectory);
    }

    private static boolean hasMember(JavaClass type, String name) {
        return type.getAllMembers().stream().map(JavaMember::getName).anyMatch(name::equals);
    }

    private static boolean anyClass(Predicate<JavaClass> condition) {
        return Codebase.production().stream().anyMatch(condition);
    }

    private static String shortName(JavaClass type) {
        return type.getName().substring(type.getPackageName().length() + 1).replace('$', '.');
    }

    private static boolean exists(String name) {
        try {
            Class.forName(name, false, ArchitectureDocumentTest.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
