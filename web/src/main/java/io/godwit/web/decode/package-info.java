/** What payloads mean, by rules for topics. */
@NullMarked
package io.godwit.web.decode;

import org.jspecify.annotations.NullMarked;
