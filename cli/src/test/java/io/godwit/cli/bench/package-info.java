@NullMarked
package io.godwit.cli.bench;

import org.jspecify.annotations.NullMarked;
