package io.godwit.mqtt.client.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.mqtt.client.store.QueueBounds;
import io.godwit.mqtt.client.store.QueueBounds.WhenFull;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.SessionLoss;
import io.godwit.mqtt.codec.PacketCodec;
import io.godwit.mqtt.codec.PacketReader;
import io.godwit.mqtt.codec.ProtocolViolationException;
import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Disconnect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.Pingreq;
import io.godwit.mqtt.protocol.Pingresp;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Pubcomp;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Pubrec;
import io.godwit.mqtt.protocol.Pubrel;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.Suback;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.mqtt.protocol.Unsubscribe;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The session by values: packets in, packets and ends out. No broker, no socket, no clock. */
class SessionTest {
    private static final long SECOND = 1_000_000_000L;

    private ProtocolVersion version = ProtocolVersion.V5;
    private QueueBounds bounds = new QueueBounds(10, 10_000, WhenFull.FAIL);
    private int maximumInFlight = 100;
    private int maximumInFlightQos2 = 100;
    private Session session = session();
    private long now = 1000 * SECOND;

    private Session session() {
        return new Session(
                new SessionConfig(
                        version,
                        new SessionConfig.Sending(bounds, maximumInFlight, maximumInFlightQos2, SessionLoss.RESEND, 10),
                        new SessionConfig.Receiving(65_535, 1_000_000, 10, false),
                        0),
                SessionLog.NONE,
                UnpooledByteBufAllocator.DEFAULT);
    }

    /** A publish that keeps how it ended. */
    private static final class Sent extends PublishExchange<String> {
        final List<Object> ends = new ArrayList<>();

        Sent(Message message) {
            super(message, false);
        }

        @Override
        protected void finish(Outcome result) {
            ends.add(end(result));
        }
    }

    private static class Asked extends SubscribeExchange<String> {
        final List<Object> ends = new ArrayList<>();

        Asked(String filter) {
            super(List.of(TopicSubscription.of(filter, Qos.AT_LEAST_ONCE)), MqttProperties.NONE, List.of(), false);
        }

        @Override
        protected void finish(Outcome result) {
            ends.add(end(result));
        }
    }

    private static final class Unsubscribed extends UnsubscribeExchange<String> {
        Unsubscribed(String filter) {
            super(List.of(TopicFilter.of(filter)), MqttProperties.NONE, null, false);
        }

        @Override
        protected void finish(Outcome result) {}
    }

    private static Handler handler(String filter) {
        TopicFilter parsed = TopicFilter.of(filter);
        return () -> parsed;
    }

    private static Object end(Outcome outcome) {
        return outcome instanceof Outcome.Answer answer
                ? answer.packet()
                : outcome == Outcome.SUCCESS ? "done" : outcome;
    }

    private Sent publish(Qos qos, String topic) {
        Sent sent = new Sent(Message.of(topic, "x").withQos(qos));
        assertThat(session.publish(sent, now)).isNull();
        return sent;
    }

    private void connect(boolean present, MqttProperties connack) {
        session.open(new Connect(version, "c", false, 60, null, null, null, MqttProperties.NONE), now);
        assertThat(out()).hasSize(1).first().isInstanceOf(Connect.class);
        in(new Connack(present, 0, connack));
    }

    private void connect() {
        connect(false, MqttProperties.NONE);
    }

    private void in(Packet... packets) {
        ByteBuf bytes = Unpooled.buffer();
        for (Packet packet : packets) {
            PacketCodec.write(packet, version, bytes);
        }
        if (session.received(bytes, now)) {
            session.received(bytes, now);
        }
        finish();
    }

    private void finish() {
        for (Exchange<?> ended = session.ended().take(); ended != null; ) {
            Exchange<?> next = ended.next();
            ended.unlinkAndFinish();
            ended = next;
        }
    }

    private List<Packet> out() {
        List<Packet> packets = new ArrayList<>();
        PacketReader reader = new PacketReader(PacketReader.LARGEST_PACKET);
        for (ByteBuf part = session.outbox().take();
                part != null;
                part = session.outbox().take()) {
            reader.feed(
                    part,
                    (firstByte, in, index, length) ->
                            packets.add(PacketCodec.read(firstByte, in, index, length, version)));
            part.release();
        }
        session.sent(now);
        finish();
        return packets;
    }

    private static Publish received(int id, Qos qos, String topic) {
        return new Publish(Message.of(topic, "in").withQos(qos), false, id, 0);
    }

    private static Puback puback(int id) {
        return new Puback(id, ReasonCode.SUCCESS, MqttProperties.NONE);
    }

    @Test
    @DisplayName("[MQTT-3.14.4-2] nothing follows DISCONNECT: no publish that waited, no new one, no acknowledgement")
    void nothing_is_sent_after_disconnect() {
        session.addHandler(handler("in"));
        connect(false, MqttProperties.of(Property.RECEIVE_MAXIMUM, 1));
        publish(Qos.AT_LEAST_ONCE, "t");
        Sent waits = publish(Qos.AT_LEAST_ONCE, "t");
        in(received(7, Qos.AT_LEAST_ONCE, "in"));
        int token = session.inbox().take().token(0);
        out();
        in(puback(1));
        Sent more = new Sent(Message.of("t", "x").withQos(Qos.AT_MOST_ONCE));
        session.disconnect(new Disconnect(ReasonCode.SUCCESS, MqttProperties.NONE));

        session.handled(token);
        boolean taken = session.publishNow(Message.of("t", "x").withQos(Qos.AT_MOST_ONCE));
        session.publish(more, now);
        List<Packet> last = out();
        session.pump(now);

        assertThat(taken).isFalse();
        assertThat(last.get(last.size() - 1)).isInstanceOf(Disconnect.class);
        assertThat(out()).isEmpty();
        assertThat(waits.ends).isEmpty();
    }

    @Test
    @DisplayName("quiet is a connection on which the broker has answered all that it was asked")
    void is_quiet_when_all_is_answered() {
        assertThat(session.isQuiet()).isFalse();
        connect();
        assertThat(session.isQuiet()).isTrue();

        publish(Qos.AT_LEAST_ONCE, "t");
        assertThat(session.isQuiet()).isFalse();
        in(puback(1));
        assertThat(session.isQuiet()).isTrue();
    }

    @Test
    @DisplayName("a connection is not quiet once the broker may send something at a time of its own")
    void is_not_quiet_when_something_may_come() {
        connect(true, MqttProperties.NONE);
        assertThat(session.isQuiet()).as("a session that the broker had kept").isFalse();

        connectAnew();
        now += 60_000_000_000L;
        session.tick(now);
        in(new Pingresp());
        assertThat(session.isQuiet()).as("a ping").isFalse();

        connectAnew();
        session.subscribe(new Asked("a"));
        in(new Suback(((Subscribe) out().get(0)).packetId(), List.of(ReasonCode.NOT_AUTHORIZED), MqttProperties.NONE));
        assertThat(session.isQuiet()).as("a subscribe").isFalse();

        connectAnew();
        in(received(0, Qos.AT_MOST_ONCE, "unasked"));
        assertThat(session.isQuiet()).as("a message").isFalse();
    }

    private void connectAnew() {
        session.closed();
        connect();
        assertThat(session.isQuiet()).isTrue();
    }

    @Test
    @DisplayName("promise 8: what waits for the handlers is counted with its properties, not only its payload")
    void properties_count_in_the_inbox() {
        session.addHandler(handler("in"));
        connect();
        MqttProperties large = MqttProperties.of(Property.CONTENT_TYPE, "x".repeat(50_000));
        in(new Publish(new Message("in", new byte[0], Qos.AT_MOST_ONCE, false, large), false, 0, 0));

        assertThat(session.inbox().waitingBytes()).isGreaterThan(50_000);
        session.inbox().giveBack(session.inbox().take());
        assertThat(session.inbox().waitingBytes()).isZero();
    }

    // ---- sending ----

    @Test
    void a_publish_of_qos1_ends_with_its_acknowledgement() {
        connect();
        Sent sent = publish(Qos.AT_LEAST_ONCE, "t");
        Publish packet = (Publish) out().get(0);
        assertThat(sent.ends).isEmpty();

        in(puback(packet.packetId()));

        assertThat(sent.ends).containsExactly("done");
        assertThat(session.inFlight()).isZero();
    }

    @Test
    @DisplayName("[MQTT-4.3.3-1] QoS 2: PUBLISH, PUBREC, PUBREL, PUBCOMP")
    void a_publish_of_qos2_takes_four_packets() {
        connect();
        Sent sent = publish(Qos.EXACTLY_ONCE, "t");
        int id = ((Publish) out().get(0)).packetId();
        in(new Pubrec(id, ReasonCode.SUCCESS, MqttProperties.NONE));
        assertThat(out()).containsExactly(new Pubrel(id, ReasonCode.SUCCESS, MqttProperties.NONE));
        assertThat(sent.ends).isEmpty();
        in(new Pubcomp(id, ReasonCode.SUCCESS, MqttProperties.NONE));
        assertThat(sent.ends).containsExactly("done");
    }

    @Test
    void publishes_of_qos2_have_a_bound_of_their_own() {
        maximumInFlightQos2 = 1;
        session = session();
        connect();
        publish(Qos.AT_LEAST_ONCE, "1");
        publish(Qos.EXACTLY_ONCE, "2");
        publish(Qos.EXACTLY_ONCE, "3");
        publish(Qos.AT_LEAST_ONCE, "4");

        List<Packet> sent = out();
        assertThat(sent)
                .extracting(packet -> ((Publish) packet).message().topic())
                .containsExactly("1", "2");

        int id = ((Publish) sent.get(1)).packetId();
        in(new Pubrec(id, ReasonCode.SUCCESS, MqttProperties.NONE));
        assertThat(out()).singleElement().isInstanceOf(Pubrel.class);
        in(new Pubcomp(id, ReasonCode.SUCCESS, MqttProperties.NONE));
        assertThat(out())
                .extracting(packet -> ((Publish) packet).message().topic())
                .containsExactly("3", "4");
    }

    @Test
    @DisplayName("[MQTT-4.3.3-4] a PUBREC with an error ends the publish, and no PUBREL follows")
    void an_error_in_pubrec_ends_the_publish() {
        connect();
        Sent sent = publish(Qos.EXACTLY_ONCE, "t");
        int id = ((Publish) out().get(0)).packetId();
        Pubrec refusal = new Pubrec(id, ReasonCode.QUOTA_EXCEEDED, MqttProperties.NONE);
        in(refusal);
        assertThat(sent.ends).containsExactly(refusal);
        assertThat(out()).isEmpty();
    }

    @Test
    @DisplayName(
            "[MQTT-4.4.0-1] a resumed session sends again, with DUP and the same identifiers, in order; then PUBREL")
    void a_resumed_session_sends_again_in_order() {
        connect();
        publish(Qos.EXACTLY_ONCE, "a");
        publish(Qos.AT_LEAST_ONCE, "b");
        publish(Qos.EXACTLY_ONCE, "c");
        List<Packet> first = out();
        int released = ((Publish) first.get(0)).packetId();
        in(new Pubrec(released, ReasonCode.SUCCESS, MqttProperties.NONE));
        session.closed();

        connect(true, MqttProperties.NONE);

        List<Packet> again = out();
        assertThat(again).hasSize(3);
        assertThat(again.get(0)).isEqualTo(new Pubrel(released, ReasonCode.SUCCESS, MqttProperties.NONE));
        for (int i = 1; i < 3; i++) {
            Publish before = (Publish) first.get(i);
            assertThat(again.get(i)).isEqualTo(new Publish(before.message(), true, before.packetId(), 0));
        }
    }

    @Test
    void a_lost_session_sends_qos1_as_new_and_fails_qos2_that_is_in_doubt() {
        connect();
        Sent doubtful = publish(Qos.EXACTLY_ONCE, "a");
        Sent repeated = publish(Qos.AT_LEAST_ONCE, "b");
        Sent received = publish(Qos.EXACTLY_ONCE, "c");
        int released = ((Publish) out().get(2)).packetId();
        in(new Pubrec(released, ReasonCode.SUCCESS, MqttProperties.NONE));
        session.closed();

        connect(false, MqttProperties.NONE);

        Publish again = (Publish) out().get(0);
        assertThat(again.message().topic()).isEqualTo("b");
        assertThat(again.dup()).isFalse();
        assertThat(((Failure) doubtful.ends.get(0)).kind()).isEqualTo(Failure.Kind.SESSION_LOST);
        // PUBREC had come, but a broker may keep the message in the session until PUBREL.
        assertThat(((Failure) received.ends.get(0)).kind()).isEqualTo(Failure.Kind.SESSION_LOST);
        in(puback(again.packetId()));
        assertThat(repeated.ends).containsExactly("done");
    }

    @Test
    @DisplayName("[MQTT-3.3.4-7] no more in flight than the broker's receive maximum")
    void the_receive_maximum_is_honoured() {
        connect(false, MqttProperties.of(Property.RECEIVE_MAXIMUM, 2));
        for (int i = 0; i < 5; i++) {
            publish(Qos.AT_LEAST_ONCE, "t" + i);
        }
        List<Packet> sent = out();
        assertThat(sent).hasSize(2);
        in(puback(((Publish) sent.get(0)).packetId()));
        assertThat(out()).hasSize(1);
        assertThat(session.queued()).isEqualTo(2);
    }

    @Test
    void what_the_broker_forbids_is_refused_at_once() {
        connect(
                false,
                MqttProperties.of(Property.MAXIMUM_QOS, 1)
                        .with(Property.RETAIN_AVAILABLE, 0)
                        .with(Property.MAXIMUM_PACKET_SIZE, 100L));
        assertThat(refusal(Message.of("t", "x").withQos(Qos.EXACTLY_ONCE))).isEqualTo(ReasonCode.QOS_NOT_SUPPORTED);
        assertThat(refusal(Message.of("t", "x").withRetain(true))).isEqualTo(ReasonCode.RETAIN_NOT_SUPPORTED);
        assertThat(refusal(Message.of("t", new byte[200]))).isEqualTo(ReasonCode.PACKET_TOO_LARGE);
        assertThat(out()).isEmpty();
    }

    private ReasonCode refusal(Message message) {
        Failure refused = session.publish(new Sent(message), now);
        assertThat(refused).isNotNull();
        return refused.reason();
    }

    @Test
    void the_time_in_the_queue_counts_against_the_expiry() {
        Sent gone = new Sent(Message.of("gone", "x").withExpiry(java.time.Duration.ofSeconds(5)));
        Sent left = new Sent(Message.of("left", "x").withExpiry(java.time.Duration.ofSeconds(60)));
        session.publish(gone, now);
        session.publish(left, now);
        now += 10 * SECOND;
        session.tick(now);
        finish();
        assertThat(((Failure) gone.ends.get(0)).kind()).isEqualTo(Failure.Kind.EXPIRED);

        connect();

        Publish packet = (Publish) out().get(0);
        assertThat(packet.message().topic()).isEqualTo("left");
        assertThat(packet.message().properties().get(Property.MESSAGE_EXPIRY_INTERVAL))
                .isEqualTo(50L);
    }

    @Test
    void a_full_queue_gives_way_as_its_policy_says() {
        bounds = new QueueBounds(2, 1000, WhenFull.DROP_OLDEST);
        session = session();
        Sent oldest = publish(Qos.AT_LEAST_ONCE, "1");
        publish(Qos.AT_LEAST_ONCE, "2");
        publish(Qos.AT_LEAST_ONCE, "3");
        finish();
        assertThat(((Failure) oldest.ends.get(0)).kind()).isEqualTo(Failure.Kind.DROPPED);
        assertThat(session.queued()).isEqualTo(2);

        bounds = new QueueBounds(1, 1000, WhenFull.FAIL);
        session = session();
        publish(Qos.AT_LEAST_ONCE, "1");
        Failure full = session.publish(new Sent(Message.of("2", "x")), now);
        assertThat(full).isNotNull();
        assertThat(full.kind()).isEqualTo(Failure.Kind.QUEUE_FULL);
    }

    @Test
    void what_gives_way_after_a_lost_session_may_have_arrived() {
        bounds = new QueueBounds(1, 1000, WhenFull.DROP_OLDEST);
        session = session();
        connect();
        publish(Qos.AT_LEAST_ONCE, "again");
        Sent sent = publish(Qos.AT_LEAST_ONCE, "sent");
        out();
        session.closed();
        connect(false, MqttProperties.of(Property.RECEIVE_MAXIMUM, 1));
        Sent never = publish(Qos.AT_LEAST_ONCE, "never sent");
        publish(Qos.AT_LEAST_ONCE, "last");
        finish();

        assertThat(((Failure) sent.ends.get(0)).kind()).isEqualTo(Failure.Kind.SESSION_LOST);
        assertThat(((Failure) never.ends.get(0)).kind()).isEqualTo(Failure.Kind.DROPPED);
    }

    @Test
    @DisplayName(
            "[MQTT-3.3.2-8] a topic goes out once with its alias, then as the alias alone; a new connection starts over")
    void topic_aliases_are_assigned_at_encoding() {
        connect(false, MqttProperties.of(Property.TOPIC_ALIAS_MAXIMUM, 1));
        publish(Qos.AT_MOST_ONCE, "long/topic");
        publish(Qos.AT_MOST_ONCE, "long/topic");
        publish(Qos.AT_MOST_ONCE, "other");
        List<Packet> packets = out();
        assertThat(((Publish) packets.get(0)).topicAlias()).isEqualTo(1);
        assertThat(((Publish) packets.get(0)).message().topic()).isEqualTo("long/topic");
        assertThat(((Publish) packets.get(1)).topicAlias()).isEqualTo(1);
        assertThat(((Publish) packets.get(1)).message().topic()).isEmpty();
        assertThat(((Publish) packets.get(2)).topicAlias()).isZero();

        session.closed();
        connect();
        publish(Qos.AT_MOST_ONCE, "long/topic");
        assertThat(((Publish) out().get(0)).message().topic()).isEqualTo("long/topic");
    }

    @Test
    void an_acknowledgement_of_the_wrong_kind_is_a_protocol_error() {
        connect();
        publish(Qos.EXACTLY_ONCE, "t");
        int id = ((Publish) out().get(0)).packetId();
        assertThatThrownBy(() -> in(puback(id)))
                .isInstanceOf(ProtocolViolationException.class)
                .hasMessageContaining("PUBACK");
    }

    @Test
    void an_acknowledgement_of_what_was_never_sent_changes_nothing() {
        connect();
        Sent sent = publish(Qos.AT_LEAST_ONCE, "t");
        int id = ((Publish) out().get(0)).packetId();
        in(puback(id + 1));
        assertThat(sent.ends).isEmpty();
        in(puback(id), puback(id));
        assertThat(sent.ends).containsExactly("done");
    }

    // ---- receiving ----

    private Inbox.Batch batch() {
        Inbox.Batch batch = session.inbox().take();
        assertThat(batch).isNotNull();
        return batch;
    }

    @Test
    void a_message_is_acknowledged_when_it_is_handled_and_not_before() {
        connect();
        session.addHandler(handler("t/#"));
        in(received(7, Qos.AT_LEAST_ONCE, "t/1"));
        assertThat(out()).isEmpty();
        Inbox.Batch batch = batch();
        assertThat(batch.route(0)).singleElement().extracting(Handler::filter).isEqualTo(TopicFilter.of("t/#"));
        session.handled(batch.token(0));
        assertThat(out()).containsExactly(puback(7));
    }

    /** The simulation shows that nothing is written to the closed log either. */
    @Test
    void a_handler_that_ends_after_the_session_is_finished_acknowledges_nothing() {
        connect();
        session.addHandler(handler("t"));
        in(received(5, Qos.EXACTLY_ONCE, "t"));
        Inbox.Batch batch = batch();
        session.finish();

        session.handled(batch.token(0));

        assertThat(out()).isEmpty();
    }

    @Test
    @DisplayName("[MQTT-4.6.0-2] acknowledgements go out in the order of the messages, however they are handled")
    void acknowledgements_keep_the_order() {
        connect();
        session.addHandler(handler("t"));
        in(received(5, Qos.AT_LEAST_ONCE, "t"), received(6, Qos.AT_LEAST_ONCE, "t"));
        Inbox.Batch batch = batch();
        session.handled(batch.token(1));
        assertThat(out()).isEmpty();
        session.handled(batch.token(0));
        assertThat(out()).containsExactly(puback(5), puback(6));
    }

    @Test
    @DisplayName(
            "[MQTT-4.3.3-10] a message of QoS 2 is delivered once, however often it is sent, also on a later connection")
    void a_message_of_qos2_is_delivered_once() {
        connect();
        session.addHandler(handler("t"));
        in(received(9, Qos.EXACTLY_ONCE, "t"));
        Inbox.Batch batch = batch();
        session.closed();
        connect(true, MqttProperties.NONE);
        in(received(9, Qos.EXACTLY_ONCE, "t"));
        assertThat(session.inbox().take()).isNull();
        assertThat(out()).isEmpty();

        session.handled(batch.token(0));

        assertThat(out()).containsExactly(new Pubrec(9, ReasonCode.SUCCESS, MqttProperties.NONE));
        in(new Pubrel(9, ReasonCode.SUCCESS, MqttProperties.NONE));
        assertThat(out()).containsExactly(new Pubcomp(9, ReasonCode.SUCCESS, MqttProperties.NONE));
        in(received(9, Qos.EXACTLY_ONCE, "t"));
        assertThat(batch().size()).isEqualTo(1);
    }

    @Test
    void a_new_message_that_has_the_identifier_of_one_of_an_earlier_connection_is_not_lost() {
        connect(false, MqttProperties.of(Property.SESSION_EXPIRY_INTERVAL, 60L));
        session.addHandler(handler("#"));
        in(received(9, Qos.EXACTLY_ONCE, "first"));
        session.handled(batch().token(0));
        session.closed();
        connect(true, MqttProperties.NONE);
        out();

        in(received(9, Qos.EXACTLY_ONCE, "second"));
        in(received(9, Qos.EXACTLY_ONCE, "third")); // on one connection the identifier decides [MQTT-4.3.3-10]

        Inbox.Batch batch = batch();
        assertThat(batch.size()).isEqualTo(1);
        assertThat(batch.message(0).topic()).isEqualTo("second");
        session.handled(batch.token(0));
        assertThat(out()).containsExactly(new Pubrec(9, ReasonCode.SUCCESS, MqttProperties.NONE));
        in(new Pubrel(9, ReasonCode.SUCCESS, MqttProperties.NONE));
        assertThat(out()).containsExactly(new Pubcomp(9, ReasonCode.SUCCESS, MqttProperties.NONE));
    }

    @Test
    void an_acknowledgement_of_an_earlier_connection_is_not_sent_on_this_one() {
        connect();
        session.addHandler(handler("t"));
        in(received(3, Qos.AT_LEAST_ONCE, "t"));
        Inbox.Batch batch = batch();
        session.closed();
        connect(true, MqttProperties.NONE);
        session.handled(batch.token(0));
        assertThat(out()).isEmpty();
    }

    @Test
    void a_message_without_a_handler_waits_unacknowledged_for_one() {
        connect();
        in(received(4, Qos.AT_LEAST_ONCE, "t"));
        assertThat(session.takeEvent()).isInstanceOf(SessionEvent.Connected.class);
        assertThat(session.takeEvent())
                .isInstanceOfSatisfying(
                        SessionEvent.Unhandled.class,
                        unhandled -> assertThat(unhandled.parked()).isTrue());
        assertThat(out()).isEmpty();

        session.addHandler(handler("+"));

        Inbox.Batch batch = batch();
        assertThat(batch.route(0)).singleElement().extracting(Handler::filter).isEqualTo(TopicFilter.of("+"));
        session.handled(batch.token(0));
        assertThat(out()).containsExactly(puback(4));
    }

    @Test
    void a_message_of_qos_2_whose_refusal_was_lost_is_refused_again_and_not_delivered_again() {
        connect();
        session.addHandler(handler("t"));
        Publish first = received(4, Qos.EXACTLY_ONCE, "t");
        in(first);
        session.reject(first.message(), batch().token(0), ReasonCode.QUOTA_EXCEEDED, null);
        session.closed();
        connect(true, MqttProperties.NONE);
        out();

        in(new Publish(first.message(), true, 4, 0));

        assertThat(session.inbox().hasNext()).isFalse();
        assertThat(out()).containsExactly(new Pubrec(4, ReasonCode.QUOTA_EXCEEDED, MqttProperties.NONE));

        in(received(4, Qos.EXACTLY_ONCE, "t"));

        assertThat(session.inbox().hasNext()).isTrue();
    }

    @Test
    @DisplayName("PUBREL that does not wait for PUBREC holds up no later acknowledgement")
    void an_early_pubrel_does_not_block_the_others() {
        connect();
        session.addHandler(handler("t"));
        in(received(4, Qos.EXACTLY_ONCE, "t"), new Pubrel(4, ReasonCode.SUCCESS, MqttProperties.NONE));
        in(received(5, Qos.AT_LEAST_ONCE, "t"));
        Inbox.Batch batch = batch();
        out();

        session.handled(batch.token(0));
        session.handled(batch.token(1));

        assertThat(out()).containsExactly(puback(5));
    }

    @Test
    void a_message_without_a_handler_waits_for_two_seconds_after_suback_at_most() {
        connect();
        session.addHandler(handler("wanted"));
        in(received(4, Qos.AT_LEAST_ONCE, "stale"), received(5, Qos.AT_LEAST_ONCE, "wanted"));
        session.handled(batch().token(0));
        now += SECOND;
        in(new Suback(1, List.of(ReasonCode.GRANTED_QOS_1), MqttProperties.NONE));
        assertThat(session.nextTick()).isEqualTo(now + 2 * SECOND);

        now += 2 * SECOND;
        session.tick(now);

        assertThat(out())
                .containsExactly(
                        new Puback(4, ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, MqttProperties.NONE), puback(5));
    }

    @Test
    @DisplayName(
            "a message that no handler wants is given up after ten seconds, so that those behind it are acknowledged")
    void a_message_without_a_handler_does_not_block_the_others_for_ever() {
        version = ProtocolVersion.V3_1_1;
        session = session();
        connect();
        session.addHandler(handler("wanted"));
        in(received(4, Qos.AT_LEAST_ONCE, "stale"), received(5, Qos.AT_LEAST_ONCE, "wanted"));
        session.handled(batch().token(0));
        assertThat(out()).isEmpty();
        assertThat(session.nextTick()).isEqualTo(now + 10 * SECOND);

        now += 10 * SECOND;
        session.tick(now);

        assertThat(out()).containsExactly(puback(4), puback(5));
        assertThat(session.nextTick()).isGreaterThan(now);
    }

    @Test
    @DisplayName("MQTT 5: a message that no handler wants is refused with a reason code, at QoS 2 without PUBREL")
    void a_message_without_a_handler_is_refused_in_version_5() {
        version = ProtocolVersion.V5;
        session = session();
        connect();
        in(received(4, Qos.AT_LEAST_ONCE, "stale"), received(5, Qos.EXACTLY_ONCE, "stale"));

        now += 10 * SECOND;
        session.tick(now);

        assertThat(out())
                .containsExactly(
                        new Puback(4, ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, MqttProperties.NONE),
                        new Pubrec(5, ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, MqttProperties.NONE));
        in(received(5, Qos.EXACTLY_ONCE, "stale"));
        session.addHandler(handler("stale"));
        assertThat(batch().size()).isOne();
    }

    @Test
    @DisplayName("[MQTT-3.3.4-9] a broker that exceeds the receive maximum of this client breaks the protocol")
    void too_many_unacknowledged_messages_are_a_protocol_error() {
        session = new Session(
                new SessionConfig(
                        version,
                        new SessionConfig.Sending(bounds, 10, 10, SessionLoss.FAIL, 0),
                        new SessionConfig.Receiving(1, 1000, 0, false),
                        0),
                SessionLog.NONE,
                UnpooledByteBufAllocator.DEFAULT);
        connect();
        session.addHandler(handler("t"));
        in(received(1, Qos.AT_LEAST_ONCE, "t"));
        assertThatThrownBy(() -> in(received(2, Qos.AT_LEAST_ONCE, "t")))
                .isInstanceOfSatisfying(
                        ProtocolViolationException.class,
                        breach -> assertThat(breach.reason()).isEqualTo(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED));
    }

    @Test
    @DisplayName("a message of QoS 2 counts against Receive Maximum until PUBREL, not PUBREC [MQTT-3.3.4-9]")
    void a_message_of_qos_2_counts_until_it_is_released() {
        session = new Session(
                new SessionConfig(
                        version,
                        new SessionConfig.Sending(bounds, 10, 10, SessionLoss.FAIL, 0),
                        new SessionConfig.Receiving(1, 1000, 0, false),
                        0),
                SessionLog.NONE,
                UnpooledByteBufAllocator.DEFAULT);
        connect();
        session.addHandler(handler("t"));
        in(received(1, Qos.EXACTLY_ONCE, "t"));
        session.handled(batch().token(0));
        in(new Pubrel(1, ReasonCode.SUCCESS, MqttProperties.NONE));
        in(received(2, Qos.EXACTLY_ONCE, "t"));
        session.handled(batch().token(0));

        assertThatThrownBy(() -> in(received(3, Qos.EXACTLY_ONCE, "t")))
                .isInstanceOf(ProtocolViolationException.class)
                .hasMessageContaining("more than the 1 unacknowledged");
    }

    @Test
    @DisplayName("a message over Receive Maximum, for which the connection is closed, is handled when it comes again")
    void a_message_over_the_receive_maximum_is_handled_when_it_comes_again() {
        session = new Session(
                new SessionConfig(
                        version,
                        new SessionConfig.Sending(bounds, 10, 10, SessionLoss.FAIL, 0),
                        new SessionConfig.Receiving(1, 1000, 0, false),
                        0),
                SessionLog.NONE,
                UnpooledByteBufAllocator.DEFAULT);
        connect();
        session.addHandler(handler("t"));
        in(received(1, Qos.AT_LEAST_ONCE, "t"));
        session.handled(batch().token(0));
        in(received(2, Qos.EXACTLY_ONCE, "t"));
        assertThatThrownBy(() -> in(received(3, Qos.EXACTLY_ONCE, "t"))).isInstanceOf(ProtocolViolationException.class);
        session.handled(batch().token(0));
        session.closed();
        connect(true, MqttProperties.NONE);
        out();

        in(received(3, Qos.EXACTLY_ONCE, "t"));

        session.handled(batch().token(0));
        assertThat(out()).containsExactly(new Pubrec(3, ReasonCode.SUCCESS, MqttProperties.NONE));
    }

    // ---- connection ----

    @Test
    @DisplayName("[MQTT-3.2.0-1] the first packet of a broker is CONNACK")
    void anything_but_connack_is_a_protocol_error() {
        session.open(new Connect(version, "c", true, 60, null, null, null, MqttProperties.NONE), now);
        out();
        assertThatThrownBy(() -> in(puback(1)))
                .isInstanceOf(ProtocolViolationException.class)
                .hasMessageContaining("in place of CONNACK");
    }

    @Test
    @DisplayName(
            "[MQTT-3.2.0-1] a peer that is not a broker is recognized by its first byte, whatever length seems to follow")
    void a_peer_that_is_no_broker_is_recognized_by_its_first_byte() {
        session.open(new Connect(version, "c", true, 60, null, null, null, MqttProperties.NONE), now);
        out();
        assertThatThrownBy(() -> session.received(
                        Unpooled.copiedBuffer("HTTP/1.1 400 Bad Request", java.nio.charset.StandardCharsets.US_ASCII),
                        now))
                .isInstanceOf(ProtocolViolationException.class)
                .hasMessageContaining("in place of CONNACK");
    }

    @Test
    void lost_subscriptions_are_restored_and_a_rejected_one_is_reported() {
        connect();
        Asked asked = new Asked("a/#");
        session.subscribe(asked);
        Subscribe subscribe = (Subscribe) out().get(0);
        in(new Suback(subscribe.packetId(), List.of(ReasonCode.GRANTED_QOS_1), MqttProperties.NONE));
        assertThat(asked.ends).hasSize(1);
        session.takeEvent();
        session.closed();

        connect(false, MqttProperties.NONE);

        Subscribe again = (Subscribe) out().get(0);
        assertThat(again.subscriptions()).isEqualTo(subscribe.subscriptions());
        in(new Suback(again.packetId(), List.of(ReasonCode.NOT_AUTHORIZED), MqttProperties.NONE));
        session.takeEvent();
        assertThat(session.takeEvent())
                .isInstanceOfSatisfying(
                        SessionEvent.Resubscribed.class,
                        told -> assertThat(told.reason()).isEqualTo(ReasonCode.NOT_AUTHORIZED));
    }

    @Test
    void lost_subscriptions_come_back_though_the_connection_breaks_before_they_are_granted() {
        connect();
        session.subscribe(new Asked("a"));
        in(new Suback(((Subscribe) out().get(0)).packetId(), List.of(ReasonCode.GRANTED_QOS_1), MqttProperties.NONE));
        session.closed();
        connect(false, MqttProperties.NONE); // the SUBSCRIBE that follows never arrives
        session.closed();

        connect(true, MqttProperties.NONE);

        Subscribe again = (Subscribe) out().get(0);
        in(new Suback(again.packetId(), List.of(ReasonCode.GRANTED_QOS_1), MqttProperties.NONE));
        session.closed();
        connect(true, MqttProperties.NONE);
        assertThat(out()).isEmpty();
    }

    @Test
    void an_unsubscribe_that_a_cut_interrupted_is_sent_after_the_lost_subscriptions() {
        connect();
        session.subscribe(new Asked("a"));
        in(new Suback(((Subscribe) out().get(0)).packetId(), List.of(ReasonCode.GRANTED_QOS_1), MqttProperties.NONE));
        session.unsubscribe(new Unsubscribed("a"));
        out();
        session.closed();

        connect(false, MqttProperties.NONE);

        assertThat(out()).hasExactlyElementsOfTypes(Subscribe.class, Unsubscribe.class);
    }

    @Test
    void a_subscribe_that_a_cut_interrupted_is_sent_again() {
        connect();
        Asked asked = new Asked("a");
        session.subscribe(asked);
        out();
        session.closed();
        connect(true, MqttProperties.NONE);
        Subscribe again = (Subscribe) out().get(0);
        in(new Suback(again.packetId(), List.of(ReasonCode.SUCCESS), MqttProperties.NONE));
        assertThat(asked.ends).hasSize(1);
    }

    @Test
    @DisplayName("a connection that is dead is noticed within 1.5 times the keep alive")
    void keep_alive_notices_a_dead_connection() {
        connect();
        long connected = now;
        while (session.tick(now)) {
            assertThat(now - connected).isLessThanOrEqualTo(90 * SECOND);
            now = session.nextTick();
        }
        assertThat(now - connected).isBetween(60 * SECOND, 90 * SECOND);
        assertThat(out()).containsExactly(new Pingreq());
    }

    @Test
    void a_client_that_keeps_sending_still_notices_a_silent_broker() {
        connect();
        long connected = now;
        while (session.tick(now)) {
            assertThat(now - connected).isLessThanOrEqualTo(90 * SECOND);
            now += SECOND;
            publish(Qos.AT_MOST_ONCE, "t");
            out();
        }
    }
}
