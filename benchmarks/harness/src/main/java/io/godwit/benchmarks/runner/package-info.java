/** The command: plans the runs, starts them interleaved, and reports medians, ratios and plots. */
@NullMarked
package io.godwit.benchmarks.runner;

import org.jspecify.annotations.NullMarked;
