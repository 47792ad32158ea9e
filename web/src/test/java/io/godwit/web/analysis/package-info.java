@NullMarked
package io.godwit.web.analysis;

import org.jspecify.annotations.NullMarked;
