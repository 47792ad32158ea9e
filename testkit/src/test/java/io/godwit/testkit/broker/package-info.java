@NullMarked
package io.godwit.testkit.broker;

import org.jspecify.annotations.NullMarked;
