/** The programs of the migration guides. */
@NullMarked
package io.godwit.migration;

import org.jspecify.annotations.NullMarked;
