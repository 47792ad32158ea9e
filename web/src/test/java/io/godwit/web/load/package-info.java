@NullMarked
package io.godwit.web.load;

import org.jspecify.annotations.NullMarked;
