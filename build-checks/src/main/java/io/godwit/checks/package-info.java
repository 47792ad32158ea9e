/** What the build checks about the project itself, for the tests of all modules. */
@NullMarked
package io.godwit.checks;

import org.jspecify.annotations.NullMarked;
