@NullMarked
package io.godwit.cli.packets;

import org.jspecify.annotations.NullMarked;
