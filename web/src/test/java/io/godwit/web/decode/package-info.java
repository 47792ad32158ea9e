@NullMarked
package io.godwit.web.decode;

import org.jspecify.annotations.NullMarked;
