/** NodeMCU's {@code mqtt} module for Java: its calls, callback rules, defaults and reason codes over {@code MqttClient}. */
@NullMarked
package io.godwit.nodemcu;

import org.jspecify.annotations.NullMarked;
