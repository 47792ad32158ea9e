/**
 * What tests of MQTT need: a broker inside the test, a broker that follows a script, a proxy that injects faults, and a
 * JUnit extension.
 */
@NullMarked
package io.godwit.testkit;

import org.jspecify.annotations.NullMarked;
