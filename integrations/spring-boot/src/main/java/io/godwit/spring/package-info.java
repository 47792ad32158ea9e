/** Godwit in a Spring Boot application: clients from properties, {@link io.godwit.spring.MqttListener}, a template, health. */
@NullMarked
package io.godwit.spring;

import org.jspecify.annotations.NullMarked;
