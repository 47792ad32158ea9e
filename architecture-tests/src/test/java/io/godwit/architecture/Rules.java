package io.godwit.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Collection;

/** Conditions that ArchUnit does not bring along. */
final class Rules {
    private Rules() {}

    /** A method that names no type of {@code packagePrefix} in its parameters, result and exceptions, type arguments included. */
    static ArchCondition<JavaMethod> notMention(String packagePrefix) {
        return new ArchCondition<>("not mention " + packagePrefix) {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                report(method.getAllInvolvedRawTypes(), packagePrefix, method.getFullName(), events);
            }
        };
    }

    /** A class that shows no type of {@code packagePrefix} in its fields, constructors and supertypes. */
    static ArchCondition<JavaClass> notShow(String packagePrefix) {
        return new ArchCondition<>("not show " + packagePrefix) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                type.getFields().stream()
                        .filter(Rules::isSeen)
                        .forEach(field ->
                                report(field.getAllInvolvedRawTypes(), packagePrefix, field.getFullName(), events));
                type.getConstructors().stream()
                        .filter(constructor -> constructor.getModifiers().contains(JavaModifier.PUBLIC)
                                || constructor.getModifiers().contains(JavaModifier.PROTECTED))
                        .forEach(constructor -> report(
                                constructor.getAllInvolvedRawTypes(),
                                packagePrefix,
                                constructor.getFullName(),
                                events));
                report(type.getAllRawSuperclasses(), packagePrefix, type.getName(), events);
                report(type.getAllRawInterfaces(), packagePrefix, type.getName(), events);
            }
        };
    }

    private static boolean isSeen(JavaField field) {
        return field.getModifiers().contains(JavaModifier.PUBLIC)
                || field.getModifiers().contains(JavaModifier.PROTECTED);
    }

    private static void report(
            Collection<JavaClass> types, String packagePrefix, String where, ConditionEvents events) {
        for (JavaClass type : types) {
            if (type.getBaseComponentType().getPackageName().startsWith(packagePrefix)) {
                events.add(SimpleConditionEvent.violated(type, where + " shows " + type.getName()));
            }
        }
    }
}
