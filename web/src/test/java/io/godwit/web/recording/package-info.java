@NullMarked
package io.godwit.web.recording;

import org.jspecify.annotations.NullMarked;
