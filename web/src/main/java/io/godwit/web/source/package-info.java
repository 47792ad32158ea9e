/** What the topic trees are filled from: brokers and recordings. */
@NullMarked
package io.godwit.web.source;

import org.jspecify.annotations.NullMarked;
