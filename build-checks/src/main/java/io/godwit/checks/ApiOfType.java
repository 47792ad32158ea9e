package io.godwit.checks;

import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One type as lines of the API list: {@code Type: kind and supertypes}, then {@code Type: member} for each public or protected
 * member. Types are written by their simple names, nullness included, in the same way on every JDK.
 */
final class ApiOfType {
    private static final Set<String> OF_EVERY_OBJECT = Set.of("equals", "hashCode", "toString");

    private final Class<?> type;
    private final String name;
    private final List<String> lines = new ArrayList<>();

    private ApiOfType(Class<?> type) {
        this.type = type;
        this.name = simpleName(type);
    }

    /** The lines of {@code type}; none when it is not to be seen from outside its package. */
    static List<String> lines(Class<?> type) {
        if (!isVisible(type)) {
            return List.of();
        }
        ApiOfType api = new ApiOfType(type);
        api.add(api.heading());
        for (@Nullable Class<?> from = type;
                from != null && (from == type || isHiddenBase(from));
                from = from.getSuperclass()) {
            api.addMembers(from);
        }
        return api.lines;
    }

    private void add(String line) {
        lines.add(name + ": " + line);
    }

    private String heading() {
        StringBuilder text = new StringBuilder();
        int modifiers = type.getModifiers();
        boolean plainClass = !type.isInterface() && !type.isEnum() && !type.isRecord();
        text.append(Modifier.isProtected(modifiers) ? "protected " : "");
        text.append(plainClass && Modifier.isAbstract(modifiers) ? "abstract " : "");
        text.append(plainClass && Modifier.isFinal(modifiers) ? "final " : "");
        text.append(type.isSealed() ? "sealed " : "");
        text.append(
                type.isAnnotation()
                        ? "annotation"
                        : type.isInterface()
                                ? "interface"
                                : type.isEnum() ? "enum" : type.isRecord() ? "record" : "class");
        text.append(variables(type.getTypeParameters()));
        if (type.isRecord()) {
            text.append(Arrays.stream(type.getRecordComponents())
                    .map(part -> show(part.getAnnotatedType()) + " " + part.getName())
                    .collect(Collectors.joining(", ", "(", ")")));
        }
        @Nullable AnnotatedType base = type.getAnnotatedSuperclass();
        if (plainClass && base != null && base.getType() != Object.class) {
            text.append(" extends ").append(show(base));
        }
        AnnotatedType[] interfaces = type.isAnnotation() ? new AnnotatedType[0] : type.getAnnotatedInterfaces();
        if (interfaces.length > 0) {
            text.append(type.isInterface() ? " extends " : " implements ").append(list(interfaces));
        }
        if (type.isSealed()) {
            text.append(Arrays.stream(type.getPermittedSubclasses())
                    .map(ApiOfType::simpleName)
                    .sorted()
                    .collect(Collectors.joining(", ", " permits ", "")));
        }
        return text.toString();
    }

    private void addMembers(Class<?> from) {
        for (Field field : from.getDeclaredFields()) {
            if (field.isEnumConstant()) {
                add("constant " + field.getName());
            } else if (isVisible(field)) {
                add(modifiers(field) + field.getName() + " : " + show(field.getAnnotatedType()));
            }
        }
        for (Constructor<?> constructor : from == type ? type.getDeclaredConstructors() : new Constructor<?>[0]) {
            if (isVisible(constructor) && !isCanonical(constructor)) {
                add(modifiers(constructor) + "new" + signature(constructor));
            }
        }
        for (Method method : from.getDeclaredMethods()) {
            if (isVisible(method) && !goesWithoutSaying(method)) {
                String variables = variables(method.getTypeParameters());
                add(modifiers(method) + variables + (variables.isEmpty() ? "" : " ") + method.getName()
                        + signature(method)
                        + " : " + show(method.getAnnotatedReturnType())
                        + (method.getDefaultValue() == null ? "" : " default"));
            }
        }
    }

    private boolean isCanonical(Constructor<?> constructor) {
        return type.isRecord()
                && Arrays.equals(
                        constructor.getParameterTypes(),
                        Arrays.stream(type.getRecordComponents())
                                .map(RecordComponent::getType)
                                .toArray());
    }

    private boolean goesWithoutSaying(Method method) {
        if (OF_EVERY_OBJECT.contains(method.getName())) {
            return true;
        }
        if (type.isRecord() && method.getParameterCount() == 0) {
            return Arrays.stream(type.getRecordComponents())
                    .anyMatch(part -> part.getName().equals(method.getName()));
        }
        return type.isEnum()
                && (method.getName().equals("values") && method.getParameterCount() == 0
                        || method.getName().equals("valueOf") && method.getParameterCount() == 1);
    }

    private static String modifiers(Member member) {
        int modifiers = member.getModifiers();
        boolean inInterface = member.getDeclaringClass().isInterface();
        return (Modifier.isProtected(modifiers) ? "protected " : "")
                + (Modifier.isStatic(modifiers) ? "static " : "")
                + (Modifier.isAbstract(modifiers) && !inInterface ? "abstract " : "")
                + (Modifier.isFinal(modifiers) && member instanceof Field ? "final " : "")
                + (member instanceof Method method && method.isDefault() ? "default " : "");
    }

    private static String signature(Executable executable) {
        AnnotatedType[] parameters = executable.getAnnotatedParameterTypes();
        List<String> shown =
                Arrays.stream(parameters).map(ApiOfType::show).collect(Collectors.toCollection(ArrayList::new));
        if (executable.isVarArgs()) {
            String last = shown.remove(shown.size() - 1);
            shown.add(last.substring(0, last.length() - "[]".length()) + "...");
        }
        AnnotatedType[] thrown = executable.getAnnotatedExceptionTypes();
        return "(" + String.join(", ", shown) + ")" + (thrown.length == 0 ? "" : " throws " + list(thrown));
    }

    private static String variables(TypeVariable<?>[] variables) {
        return variables.length == 0
                ? ""
                : Arrays.stream(variables)
                        .map(variable -> variable.getName() + bounds(" extends ", variable.getAnnotatedBounds()))
                        .collect(Collectors.joining(", ", "<", ">"));
    }

    private static String bounds(String word, AnnotatedType[] bounds) {
        boolean none = bounds.length == 0
                || bounds.length == 1
                        && bounds[0].getType() == Object.class
                        && nullness(bounds[0]).isEmpty();
        return none ? "" : word + Arrays.stream(bounds).map(ApiOfType::show).collect(Collectors.joining(" & "));
    }

    private static String list(AnnotatedType[] types) {
        return Arrays.stream(types).map(ApiOfType::show).collect(Collectors.joining(", "));
    }

    private static String show(AnnotatedType annotated) {
        if (annotated instanceof AnnotatedArrayType array) {
            return show(array.getAnnotatedGenericComponentType()) + "[]" + nullness(annotated);
        }
        if (annotated instanceof AnnotatedParameterizedType parameterized) {
            Type raw = ((ParameterizedType) parameterized.getType()).getRawType();
            return simpleName((Class<?>) raw)
                    + "<" + list(parameterized.getAnnotatedActualTypeArguments()) + ">"
                    + nullness(annotated);
        }
        if (annotated instanceof AnnotatedWildcardType wildcard) {
            AnnotatedType[] lower = wildcard.getAnnotatedLowerBounds();
            return "?"
                    + (lower.length > 0
                            ? bounds(" super ", lower)
                            : bounds(" extends ", wildcard.getAnnotatedUpperBounds()));
        }
        Type plain = annotated.getType();
        return (plain instanceof Class<?> known ? simpleName(known) : plain.getTypeName()) + nullness(annotated);
    }

    /** {@code ?} after a type that may be null. */
    private static String nullness(AnnotatedElement annotated) {
        return annotated.isAnnotationPresent(Nullable.class) ? "?" : "";
    }

    private static String simpleName(Class<?> type) {
        @Nullable Class<?> outer = type.getEnclosingClass();
        return outer == null ? type.getSimpleName() : simpleName(outer) + "." + type.getSimpleName();
    }

    private static boolean isVisible(Class<?> type) {
        if (type.isSynthetic() || type.isAnonymousClass() || type.isLocalClass()) {
            return false;
        }
        @Nullable Class<?> outer = type.getEnclosingClass();
        return isVisible(type.getModifiers()) && (outer == null || isVisible(outer));
    }

    private static boolean isVisible(Member member) {
        return isVisible(member.getModifiers()) && !member.isSynthetic();
    }

    private static boolean isVisible(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    /** A base class that users do not see gives its members to the type that they do see. */
    private static boolean isHiddenBase(Class<?> type) {
        return type.getName().startsWith("io.godwit.") && !isVisible(type);
    }
}
