@org.jspecify.annotations.NullMarked
package io.godwit.cli.fleet;
