/** JSON and UTF-8. */
@NullMarked
package io.godwit.web.json;

import org.jspecify.annotations.NullMarked;
