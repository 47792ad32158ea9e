/** The page of {@code godwit web} in a real browser: each sentence of its documentation as a scenario. */
@NullMarked
package io.godwit.web.browser;

import org.jspecify.annotations.NullMarked;
