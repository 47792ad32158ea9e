/** Subscriptions as {@link java.util.concurrent.Flow} publishers. */
module io.godwit.streams {
    requires static org.jspecify;
    requires transitive io.godwit.mqtt.client;

    exports io.godwit.streams;
}
