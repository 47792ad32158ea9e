/** What is made from the description of the commands: man pages and completion for shells. */
@NullMarked
package io.godwit.cli.manual;

import org.jspecify.annotations.NullMarked;
