# Sourced by kafka-campaign and kafka-scale.

# kafka_java CLASS ARGS...: builds the commands if a source has changed, and runs the class in place of this process.
kafka_java() {
    local from=$PWD
    cd "$(dirname "${BASH_SOURCE[0]}")/.."
    local state=$PWD/interop/target/fast/classpath
    if [[ ! -f $state || -n $(find pom.xml ./*/pom.xml ./*/src integrations/kafka-connect/{pom.xml,src} -newer "$state" -print -quit) ]]; then
        echo "Building ..." >&2
        ./mvnw -q -B -Dfast -DskipTests -pl interop -am test-compile dependency:build-classpath \
            -Dmdep.outputFile="$state" -Dmdep.includeScope=test >&2
    fi
    exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx512m -Dorg.slf4j.simpleLogger.defaultLogLevel=error -Dgodwit.from="$from" \
        -cp "interop/target/fast/test-classes:$(<"$state")" "io.godwit.interop.kafka.$1" "${@:2}"
}
