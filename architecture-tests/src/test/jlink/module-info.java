/** A program that jlink makes an image of. */
module image {
    requires io.godwit.mqtt.client;
    requires io.godwit.mqtt.broker;
}
