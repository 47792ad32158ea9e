@NullMarked
package io.godwit.web.avro;

import org.jspecify.annotations.NullMarked;
