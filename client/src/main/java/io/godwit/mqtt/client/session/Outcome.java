package io.godwit.mqtt.client.session;

import io.godwit.mqtt.protocol.Packet;

/** How an exchange ended. */
public sealed interface Outcome permits Outcome.Success, Outcome.Answer, Failure {
    /** Success, and nothing to add. */
    Success SUCCESS = new Success();

    /** The broker agreed without a word, or there was nothing to wait for. */
    record Success() implements Outcome {}

    /** The broker's answer, which may be an error: PUBACK, PUBREC, PUBCOMP, SUBACK or UNSUBACK. */
    record Answer(Packet packet) implements Outcome {}
}
