/** What commands write: messages in the formats of mosquitto_sub, JSON, colours, tables. */
@NullMarked
package io.godwit.cli.output;

import org.jspecify.annotations.NullMarked;
