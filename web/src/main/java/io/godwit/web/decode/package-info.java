/** What payloads mean, by rules for topics, and how JSON becomes a payload. */
@NullMarked
package io.godwit.web.decode;

import org.jspecify.annotations.NullMarked;
