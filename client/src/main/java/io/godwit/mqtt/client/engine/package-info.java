/** What ties session, store and transport together behind {@link io.godwit.mqtt.client.MqttClient}. Not exported. */
@NullMarked
package io.godwit.mqtt.client.engine;

import org.jspecify.annotations.NullMarked;
