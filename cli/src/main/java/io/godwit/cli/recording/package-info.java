/** Streams of messages in files: one JSON line a message, with its time. */
@NullMarked
package io.godwit.cli.recording;

import org.jspecify.annotations.NullMarked;
