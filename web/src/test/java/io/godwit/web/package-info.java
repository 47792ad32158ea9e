@NullMarked
package io.godwit.web;

import org.jspecify.annotations.NullMarked;
