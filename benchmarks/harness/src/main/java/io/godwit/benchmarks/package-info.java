/** What a library under measurement has to offer, and the loads that drive it. */
@NullMarked
package io.godwit.benchmarks;

import org.jspecify.annotations.NullMarked;
