/**
 * The state of the protocol as plain objects: values in, bytes and events out. Nothing here has a socket, a thread, a
 * clock or a log: time is an argument, in nanoseconds of whatever clock the caller has. Nothing here locks either: the
 * caller guards a session with one lock.
 */
@NullMarked
package io.godwit.mqtt.client.session;

import org.jspecify.annotations.NullMarked;
