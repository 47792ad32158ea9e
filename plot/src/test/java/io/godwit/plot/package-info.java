@NullMarked
package io.godwit.plot;

import org.jspecify.annotations.NullMarked;
