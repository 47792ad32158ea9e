/** Builds TLS contexts from the user's options and explains why a handshake failed. */
@NullMarked
package io.godwit.mqtt.client.transport.tls;

import org.jspecify.annotations.NullMarked;
