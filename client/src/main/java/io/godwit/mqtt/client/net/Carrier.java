package io.godwit.mqtt.client.net;

/**
 * What carries the bytes of connections along a {@link TransportOptions} in place of sockets: the virtual network of the NodeMCU host,
 * a simulation, a tap that shows packets. Carriers come with Godwit; what it takes to write one is not part of the API.
 */
public interface Carrier {}
