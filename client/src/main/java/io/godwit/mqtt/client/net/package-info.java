/**
 * What a user says about the way to a broker: its addresses, TLS, proxies, time limits. Values only; the package
 * {@code transport} walks the road.
 */
@NullMarked
package io.godwit.mqtt.client.net;

import org.jspecify.annotations.NullMarked;
