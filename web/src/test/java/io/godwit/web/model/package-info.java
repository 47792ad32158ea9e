@NullMarked
package io.godwit.web.model;

import org.jspecify.annotations.NullMarked;
