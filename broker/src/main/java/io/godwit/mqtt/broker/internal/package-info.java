/** What the broker's sockets and the testkit share; not part of the API. */
@NullMarked
package io.godwit.mqtt.broker.internal;

import org.jspecify.annotations.NullMarked;
