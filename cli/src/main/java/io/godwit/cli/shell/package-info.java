/** The interactive shell: several clients at once, commands typed at a prompt or read from a script. */
@NullMarked
package io.godwit.cli.shell;

import org.jspecify.annotations.NullMarked;
