package io.godwit.cli;

/** The version, compiled in: a resource would have to be looked for in the jar at each start. */
final class BuiltVersion {
    static final String TEXT = "${project.version}";

    private BuiltVersion() {}
}
