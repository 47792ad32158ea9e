/** Plots as SVG. Internal to Godwit: no stable API. */
@NullMarked
package io.godwit.plot;

import org.jspecify.annotations.NullMarked;
