/** How to reach a broker: addresses, TLS, proxies, WebSocket, time limits. Immutable values. */
@NullMarked
package io.godwit.mqtt.client.net;

import org.jspecify.annotations.NullMarked;
