/** What the page and the JVM say to each other: PROTOCOL.md. */
@NullMarked
package io.godwit.web.page;

import org.jspecify.annotations.NullMarked;
