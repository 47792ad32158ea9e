/** Session stores side by side on one disk. */
@NullMarked
package io.godwit.benchmarks.stores;

import org.jspecify.annotations.NullMarked;
