# Sourced by the scripts of the Java brokers. JAVA_OPTS may hold JVM options.

# java_main MODULE CLASS ARGS...: builds the module if need be and runs the class with its class path.
java_main() {
    fresh java
    local module=$1 target=$work/java/$1/target
    local jar=$target/$module-1.jar
    if [[ ! -f $jar || -n $(find "$work/java/$module" -name target -prune -o -type f -newer "$jar" -print -quit) ]]; then
        "$here/../mvnw" -q -B -f "$work/java/pom.xml" -pl "$module" package >&2
    fi
    # shellcheck disable=SC2086
    ${become:-} "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx512m ${JAVA_OPTS:-} -cp "$jar:$target/lib/*" "${@:2}"
}

# The same, in place of this process.
become_java() { become=exec java_main "$@"; }
