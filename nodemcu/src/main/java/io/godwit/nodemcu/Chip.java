package io.godwit.nodemcu;

/** The two chips that NodeMCU firmware is built for. Their modules differ in names, arguments and callbacks. */
public enum Chip {
    ESP32,
    ESP8266
}
