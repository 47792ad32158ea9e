/** What the commands do with the topics of messages: change them, draw them as a tree. */
@NullMarked
package io.godwit.cli.recording;

import org.jspecify.annotations.NullMarked;
