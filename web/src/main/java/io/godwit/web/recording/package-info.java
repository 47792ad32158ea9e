/** Recordings of messages, in the form of {@code godwit record}. */
@NullMarked
package io.godwit.web.recording;

import org.jspecify.annotations.NullMarked;
