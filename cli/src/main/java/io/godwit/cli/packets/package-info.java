/** Packets seen on their way, decoded for people. */
@NullMarked
package io.godwit.cli.packets;

import org.jspecify.annotations.NullMarked;
