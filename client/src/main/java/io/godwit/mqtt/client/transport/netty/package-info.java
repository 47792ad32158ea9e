/**
 * Connections over sockets: finds the addresses of a server, tries them in parallel, and adds proxy, TLS and WebSocket.
 */
@NullMarked
package io.godwit.mqtt.client.transport.netty;

import org.jspecify.annotations.NullMarked;
