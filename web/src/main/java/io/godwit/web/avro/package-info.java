/** Avro: schemas, and payloads in its binary encoding from and to JSON. */
@NullMarked
package io.godwit.web.avro;

import org.jspecify.annotations.NullMarked;
