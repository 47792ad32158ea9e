@NullMarked
package io.godwit.cli.top;

import org.jspecify.annotations.NullMarked;
