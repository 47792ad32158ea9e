/** The peer that only acknowledges: a program of its own, fast enough never to be the limit. */
@NullMarked
package io.godwit.benchmarks.peer;

import org.jspecify.annotations.NullMarked;
