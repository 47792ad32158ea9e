/** The Eclipse Paho clients, 3.1.1 and 5. */
@NullMarked
package io.godwit.benchmarks.paho;

import org.jspecify.annotations.NullMarked;
