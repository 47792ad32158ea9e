/** The HTTP server of {@code godwit web}. */
@NullMarked
package io.godwit.web;

import org.jspecify.annotations.NullMarked;
