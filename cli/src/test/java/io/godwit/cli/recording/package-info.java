@NullMarked
package io.godwit.cli.recording;

import org.jspecify.annotations.NullMarked;
