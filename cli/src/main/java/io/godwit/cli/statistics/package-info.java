/** What the clients of a command count: as a line, and for Prometheus. */
@NullMarked
package io.godwit.cli.statistics;

import org.jspecify.annotations.NullMarked;
