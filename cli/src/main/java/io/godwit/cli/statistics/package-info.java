/** What the client of a command counts: as a line, and for Prometheus. */
@NullMarked
package io.godwit.cli.statistics;

import org.jspecify.annotations.NullMarked;
