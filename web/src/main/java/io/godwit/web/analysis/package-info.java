/** What can be said about values: differences, numbers over time, tables. */
@NullMarked
package io.godwit.web.analysis;

import org.jspecify.annotations.NullMarked;
