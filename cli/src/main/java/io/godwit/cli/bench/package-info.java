/** The load generator behind {@code godwit bench}: plan, schedule, publishers, subscribers, the accounts, the reports. */
@NullMarked
package io.godwit.cli.bench;

import org.jspecify.annotations.NullMarked;
