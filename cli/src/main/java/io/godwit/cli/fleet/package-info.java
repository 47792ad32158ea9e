/** What load tests and simulated devices share: texts with values in them, identities from a file, connections that can be cut. */
@NullMarked
package io.godwit.cli.fleet;

import org.jspecify.annotations.NullMarked;
