/** Tests of the bridge's parts. */
@NullMarked
package io.godwit.cli.bridge;

import org.jspecify.annotations.NullMarked;
