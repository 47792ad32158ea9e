@NullMarked
package io.godwit.mqtt.broker;

import org.jspecify.annotations.NullMarked;
