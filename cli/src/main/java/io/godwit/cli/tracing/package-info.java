/** The W3C trace context that messages and programs pass on. */
@NullMarked
package io.godwit.cli.tracing;

import org.jspecify.annotations.NullMarked;
