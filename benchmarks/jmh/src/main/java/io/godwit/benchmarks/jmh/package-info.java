/** What one step costs by itself: nanoseconds and bytes of codec, session and topic matching. */
@NullMarked
package io.godwit.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
