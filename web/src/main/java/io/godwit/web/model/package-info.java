/** The topic tree: what is known of each topic, within a budget of bytes. */
@NullMarked
package io.godwit.web.model;

import org.jspecify.annotations.NullMarked;
