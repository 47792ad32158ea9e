@NullMarked
package io.godwit.web.source;

import org.jspecify.annotations.NullMarked;
