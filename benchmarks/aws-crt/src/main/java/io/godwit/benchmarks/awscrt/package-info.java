/** The MQTT 5 client of AWS's Common Runtime: C, with a thin layer of Java. */
@NullMarked
package io.godwit.benchmarks.awscrt;

import org.jspecify.annotations.NullMarked;
