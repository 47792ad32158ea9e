package io.godwit.simulation;

import io.godwit.mqtt.client.FailurePolicy;
import io.godwit.mqtt.client.HandlerOptions;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.PublishBatchResult;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.client.UnhandledPolicy;
import io.godwit.mqtt.client.store.QueueBounds.WhenFull;
import io.godwit.mqtt.client.store.SessionLog;
import io.godwit.mqtt.client.store.SessionStore;
import io.godwit.mqtt.client.store.StoredSession;
import io.godwit.mqtt.client.store.StoredSession.StoredPublish;
import io.godwit.mqtt.protocol.Connack;
import io.godwit.mqtt.protocol.Connect;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Packet;
import io.godwit.mqtt.protocol.Pingreq;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.Puback;
import io.godwit.mqtt.protocol.Pubcomp;
import io.godwit.mqtt.protocol.Publish;
import io.godwit.mqtt.protocol.Pubrec;
import io.godwit.mqtt.protocol.Pubrel;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.ReasonCode;
import io.godwit.mqtt.protocol.Subscribe;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicSubscription;
import io.godwit.mqtt.protocol.Unsubscribe;
import io.godwit.mqtt.store.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Planted faults: each is a client, a store or a disk that forgets one thing. */
enum Mutants {
    PUBREC_IS_FORGOTTEN(packets(packet -> packet instanceof Pubrec ? null : packet)),
    PUBREL_IS_FORGOTTEN(packets(packet -> packet instanceof Pubrel ? null : packet)),
    PUBACK_IS_FORGOTTEN(packets(packet -> packet instanceof Puback ? null : packet)),
    REPETITIONS_COME_WITHOUT_DUP(packets(packet -> packet instanceof Publish p && p.dup()
            ? new Publish(p.message(), false, p.packetId(), p.topicAlias())
            : packet)),
    REPETITIONS_GET_ANOTHER_IDENTIFIER(packets(packet -> packet instanceof Publish p && p.dup()
            ? new Publish(p.message(), true, p.packetId() + 1, p.topicAlias())
            : packet)),
    IDENTIFIERS_ARE_USED_AGAIN_AT_ONCE(packets(packet -> packet instanceof Publish p && p.packetId() > 0
            ? new Publish(p.message(), p.dup(), 1 + p.packetId() % 2, p.topicAlias())
            : packet)),
    QOS_2_IS_SENT_AS_QOS_1(packets(
            packet -> packet instanceof Publish p && p.message().qos() == Qos.EXACTLY_ONCE
                    ? new Publish(p.message().withQos(Qos.AT_LEAST_ONCE), p.dup(), p.packetId(), p.topicAlias())
                    : packet)),
    CONNECT_ASKS_FOR_A_CLEAN_SESSION(packets(packet -> packet instanceof Connect c
            ? new Connect(
                    c.version(),
                    c.clientId(),
                    true,
                    c.keepAlive(),
                    c.will(),
                    c.username(),
                    c.password(),
                    c.properties())
            : packet)),
    MESSAGES_ARE_ACKNOWLEDGED_BEFORE_THEY_ARE_HANDLED(new Mutation() {
        @Override
        public void configure(MqttClientBuilder builder) {
            builder.acknowledgeOnArrival(true);
        }
    }),
    A_HANDLER_THAT_FAILS_IS_NOT_CALLED_AGAIN(new Mutation() {
        @Override
        public HandlerOptions handlerOptions(HandlerOptions honest) {
            return honest.withFailurePolicy(FailurePolicy.acknowledge());
        }
    }),
    CONCURRENT_HANDLERS_KEEP_NO_ORDER(new Mutation() {
        @Override
        public HandlerOptions handlerOptions(HandlerOptions honest) {
            return honest.withConcurrency(honest.concurrency(), message -> new Object());
        }
    }),
    ACCEPTED_IS_NOT_RECORDED(log(log -> new ForgetfulLog(log) {
        @Override
        public void accepted(long sequence, Message message, long expiresAt) {}
    })),
    THE_STORE_FORGETS_THE_EXPIRY(log(log -> new ForgetfulLog(log) {
        @Override
        public void accepted(long sequence, Message message, long expiresAt) {
            super.accepted(sequence, message, Long.MAX_VALUE);
        }
    })),
    SENT_IS_NOT_RECORDED(log(log -> new ForgetfulLog(log) {
        @Override
        public void sent(long sequence, int packetId) {}
    })),
    RELEASED_IS_NOT_RECORDED(log(log -> new ForgetfulLog(log) {
        @Override
        public void released(long sequence) {}
    })),
    ABANDONED_IS_RECORDED_AS_RELEASED(log(log -> new ForgetfulLog(log) {
        @Override
        public void abandoned(long sequence) {
            released(sequence);
        }
    })),
    ENDED_IS_NOT_RECORDED(log(log -> new ForgetfulLog(log) {
        @Override
        public void ended(long sequence) {}
    })),
    RECEIVED_IS_NOT_RECORDED(log(log -> new ForgetfulLog(log) {
        @Override
        public void received(int packetId) {}
    })),
    COMPLETED_IS_NOT_RECORDED(log(log -> new ForgetfulLog(log) {
        @Override
        public void completed(int packetId) {}
    })),
    THE_STORE_IS_NOT_FORCED(log(log -> new ForgetfulLog(log) {
        @Override
        public long forced() {
            return position();
        }

        @Override
        public void force(long position, Runnable done, Consumer<IOException> failed) {
            done.run();
        }
    })),
    RECOVERY_TURNS_THE_ORDER_AROUND(log(log -> new ForgetfulLog(log) {
        @Override
        public StoredSession recovered() {
            StoredSession session = super.recovered();
            List<StoredPublish> reversed = new ArrayList<>(session.publishes());
            Collections.reverse(reversed);
            return new StoredSession(reversed, session.received(), session.subscriptions());
        }
    })),
    SUBSCRIBED_IS_NOT_RECORDED(log(log -> new ForgetfulLog(log) {
        @Override
        public void subscribed(TopicSubscription subscription, MqttProperties properties) {}
    })),
    UNSUBSCRIBED_IS_NOT_RECORDED(log(log -> new ForgetfulLog(log) {
        @Override
        public void unsubscribed(TopicFilter filter) {}
    })),
    SUBSCRIPTIONS_ARE_NOT_RECOVERED(log(log -> new ForgetfulLog(log) {
        @Override
        public StoredSession recovered() {
            StoredSession session = super.recovered();
            return new StoredSession(session.publishes(), session.received(), List.of());
        }
    })),
    UNSUBSCRIBE_IS_FORGOTTEN(packets(packet -> packet instanceof Unsubscribe ? null : packet)),
    SUBSCRIBE_MEANS_ANOTHER_TOPIC(packets(packet -> packet instanceof Subscribe s
                    && s.subscriptions().get(0).filter().toString().startsWith("churn/")
            ? new Subscribe(s.packetId(), List.of(TopicSubscription.of("elsewhere", Qos.EXACTLY_ONCE)), s.properties())
            : packet)),
    THE_WAIT_DOES_NOT_COUNT_AGAINST_THE_EXPIRY(packets(packet -> packet instanceof Publish p
                    && p.message().properties().has(Property.MESSAGE_EXPIRY_INTERVAL)
            ? new Publish(
                    p.message().withProperties(p.message().properties().with(Property.MESSAGE_EXPIRY_INTERVAL, 12L)),
                    p.dup(),
                    p.packetId(),
                    p.topicAlias())
            : packet)),
    THE_QUEUE_HAS_NO_BOUND_IN_BYTES(new Mutation() {
        @Override
        public void configure(MqttClientBuilder builder) {
            builder.queue(10_000, 1 << 20, WhenFull.FAIL);
        }
    }),
    PUBACK_HAS_ANOTHER_IDENTIFIER(packets(packet ->
            packet instanceof Puback p ? new Puback(1 + p.packetId() % 65_535, p.reason(), p.properties()) : packet)),
    PUBREC_HAS_ANOTHER_IDENTIFIER(packets(packet ->
            packet instanceof Pubrec p ? new Pubrec(1 + p.packetId() % 65_535, p.reason(), p.properties()) : packet)),
    PUBCOMP_IS_FORGOTTEN(packets(packet -> packet instanceof Pubcomp ? null : packet)),
    PINGREQ_IS_FORGOTTEN(packets(packet -> packet instanceof Pingreq ? null : packet)),
    SUBSCRIBE_IS_FORGOTTEN(packets(packet -> packet instanceof Subscribe ? null : packet)),
    QOS_1_IS_SENT_AS_QOS_0(packets(
            packet -> packet instanceof Publish p && p.message().qos() == Qos.AT_LEAST_ONCE
                    ? new Publish(p.message().withQos(Qos.AT_MOST_ONCE), false, 0, p.topicAlias())
                    : packet)),
    THE_EXPIRY_IS_NOT_SENT(packets(packet -> packet instanceof Publish p
            ? new Publish(
                    p.message().withProperties(p.message().properties().with(Property.MESSAGE_EXPIRY_INTERVAL, null)),
                    p.dup(),
                    p.packetId(),
                    p.topicAlias())
            : packet)),
    QOS_0_IS_SENT_TWICE(twice(packet -> packet instanceof Publish p && p.packetId() == 0)),
    CONNECT_IS_SENT_TWICE(twice(packet -> packet instanceof Connect)),
    PUBLISHES_OVERTAKE_EACH_OTHER(new Overtaking()),
    PUBACK_IS_NOT_NOTICED(answers(packet -> packet instanceof Puback ? null : packet)),
    PUBCOMP_IS_NOT_NOTICED(answers(packet -> packet instanceof Pubcomp ? null : packet)),
    A_MESSAGE_IS_NOT_NOTICED(answers(packet -> packet instanceof Publish p && p.packetId() % 5 == 4 ? null : packet)),
    DUP_IS_TAKEN_FOR_A_NEW_MESSAGE(answers(packet -> packet instanceof Publish p && p.dup()
            ? new Publish(p.message(), false, 1 + (p.packetId() + 999) % 65_535, p.topicAlias())
            : packet)),
    THE_SESSION_IS_ALWAYS_TAKEN_FOR_PRESENT(connack(c -> new Connack(true, 0, c.properties()))),
    THE_SESSION_IS_NEVER_TAKEN_FOR_PRESENT(connack(c -> new Connack(false, 0, c.properties()))),
    THE_RECEIVE_MAXIMUM_IS_IGNORED(connack(c -> without(c, Property.RECEIVE_MAXIMUM))),
    THE_MAXIMUM_PACKET_SIZE_IS_IGNORED(connack(c -> without(c, Property.MAXIMUM_PACKET_SIZE))),
    THE_MAXIMUM_QOS_IS_IGNORED(connack(c -> without(c, Property.MAXIMUM_QOS))),
    A_MESSAGE_WITHOUT_A_HANDLER_IS_NEVER_ACKNOWLEDGED(new StuckOrphans()),
    REFUSALS_ARE_SENT_AS_SUCCESS(packets(packet ->
            packet instanceof Puback p ? new Puback(p.packetId(), ReasonCode.SUCCESS, MqttProperties.NONE) : packet)),
    SUCCESS_IS_SENT_AS_A_REFUSAL(packets(packet -> packet instanceof Puback p && p.packetId() % 4 == 1
            ? new Puback(p.packetId(), ReasonCode.QUOTA_EXCEEDED, MqttProperties.NONE)
            : packet)),
    A_REFUSAL_OF_QOS_2_IS_SENT_AS_SUCCESS(packets(packet ->
            packet instanceof Pubrec p ? new Pubrec(p.packetId(), ReasonCode.SUCCESS, MqttProperties.NONE) : packet)),
    DEAD_LETTERS_ARE_NOT_SENT(
            packets(packet -> packet instanceof Publish p && Ledger.isDeadLetter(p.message()) ? null : packet)),
    DEAD_LETTERS_ARE_SENT_AT_QOS_0(packets(packet -> packet instanceof Publish p && Ledger.isDeadLetter(p.message())
            ? new Publish(p.message().withQos(Qos.AT_MOST_ONCE), false, 0, p.topicAlias())
            : packet)),
    FAILED_MESSAGES_ARE_ACKNOWLEDGED(new Mutation() {
        @Override
        public HandlerOptions handlerOptions(HandlerOptions honest) {
            return honest.failurePolicy() instanceof FailurePolicy.DeadLetter
                    ? honest.withFailurePolicy(FailurePolicy.acknowledge())
                    : honest;
        }
    }),
    CLOSE_IS_TOLD_BEFORE_IT_IS_DONE(new Mutation() {
        @Override
        public CompletableFuture<Void> closing(CompletableFuture<Void> honest) {
            return CompletableFuture.completedFuture(null);
        }
    }),
    A_TAKEOVER_ENDS_RECONNECTING(new Mutation() {
        @Override
        public Reconnect reconnect(Reconnect honest) {
            return attempt -> attempt.lost() != null && attempt.lost().reasonCode() == ReasonCode.SESSION_TAKEN_OVER
                    ? null
                    : honest.delay(attempt);
        }
    }),
    A_PUBLISH_THAT_WAS_GIVEN_UP_IS_NOT_RELEASED(new UnaskedPubrels()),
    SUBSCRIPTIONS_WITHOUT_A_HANDLER_STAY(new Mutation() {
        @Override
        public void configure(MqttClientBuilder builder) {
            builder.onUnhandled(UnhandledPolicy.acknowledge());
        }
    }),
    CLEARED_IS_NOT_RECORDED(log(log -> new ForgetfulLog(log) {
        @Override
        public void cleared() {}
    })),
    RECEIVED_IDENTIFIERS_ARE_NOT_RECOVERED(log(log -> new ForgetfulLog(log) {
        @Override
        public StoredSession recovered() {
            StoredSession session = super.recovered();
            return new StoredSession(session.publishes(), List.of(), session.subscriptions());
        }
    })),
    THE_LAST_PUBLISH_IS_NOT_RECOVERED(log(log -> new ForgetfulLog(log) {
        @Override
        public StoredSession recovered() {
            StoredSession session = super.recovered();
            List<StoredPublish> publishes = session.publishes();
            return new StoredSession(
                    publishes.subList(0, Math.max(0, publishes.size() - 1)),
                    session.received(),
                    session.subscriptions());
        }
    })),
    HANDLERS_ARE_LOST_WHILE_THEIR_THREADS_ARE_BLOCKED(new Mutation() {
        @Override
        public void configure(MqttClientBuilder builder) {
            int[] count = new int[1];
            builder.executor(task -> {
                if (++count[0] % 7 != 0) {
                    task.run();
                }
            });
        }
    }),
    RESULTS_COME_BEHIND_LATER_MESSAGES(new Mutation() {
        @Override
        public <T> CompletableFuture<T> result(CompletableFuture<T> honest, Executor later) {
            CompletableFuture<T> late = new CompletableFuture<>();
            honest.whenComplete((result, failure) -> later.execute(() -> {
                if (failure == null) {
                    late.complete(result);
                } else {
                    late.completeExceptionally(failure);
                }
            }));
            return late;
        }
    }),
    A_BATCH_SUCCEEDS_ONCE_IT_IS_ACCEPTED(new Mutation() {
        @Override
        public CompletableFuture<PublishBatchResult> batch(
                CompletableFuture<PublishBatchResult> honest, int size, Executor later) {
            return CompletableFuture.completedFuture(PublishBatchResult.success(size));
        }
    }),
    A_BATCH_LOSES_ITS_FAILURES(new Mutation() {
        @Override
        public CompletableFuture<PublishBatchResult> batch(
                CompletableFuture<PublishBatchResult> honest, int size, Executor later) {
            return honest.thenApply(result -> PublishBatchResult.success(size));
        }
    }),
    A_BATCH_HAS_NO_RESULT_IF_A_MESSAGE_FAILS(new Mutation() {
        @Override
        public CompletableFuture<PublishBatchResult> batch(
                CompletableFuture<PublishBatchResult> honest, int size, Executor later) {
            CompletableFuture<PublishBatchResult> result = new CompletableFuture<>();
            honest.thenAccept(all -> {
                if (all.isSuccess()) {
                    result.complete(all);
                }
            });
            return result;
        }
    }),
    THE_RESULT_OF_A_BATCH_COMES_BEHIND_LATER_MESSAGES(new Mutation() {
        @Override
        public CompletableFuture<PublishBatchResult> batch(
                CompletableFuture<PublishBatchResult> honest, int size, Executor later) {
            CompletableFuture<PublishBatchResult> late = new CompletableFuture<>();
            honest.whenComplete((result, failure) -> later.execute(() -> {
                if (failure == null) {
                    late.complete(result);
                } else {
                    late.completeExceptionally(failure);
                }
            }));
            return late;
        }
    }),
    THE_DISK_LIES_ABOUT_FORCES(new Mutation() {
        @Override
        public Disk disk(Disk honest) {
            return new LyingDisk(honest);
        }
    });

    final Mutation mutation;

    Mutants(Mutation mutation) {
        this.mutation = mutation;
    }

    private static Mutation packets(Function<Packet, @Nullable Packet> change) {
        return new Mutation() {
            @Override
            public void toBroker(Packet packet, Consumer<Packet> network) {
                Packet changed = change.apply(packet);
                if (changed != null) {
                    network.accept(changed);
                }
            }
        };
    }

    /** Each packet that the condition holds for reaches the network twice. */
    private static Mutation twice(Predicate<Packet> condition) {
        return new Mutation() {
            @Override
            public void toBroker(Packet packet, Consumer<Packet> network) {
                network.accept(packet);
                if (condition.test(packet)) {
                    network.accept(packet);
                }
            }
        };
    }

    /** What the client makes of a packet that arrives; null: it doesn't notice it. */
    private static Mutation answers(Function<Packet, @Nullable Packet> change) {
        return new Mutation() {
            @Override
            public void toClient(Packet packet, Consumer<Packet> client) {
                Packet changed = change.apply(packet);
                if (changed != null) {
                    client.accept(changed);
                }
            }
        };
    }

    private static Mutation connack(Function<Connack, Connack> change) {
        return answers(packet -> packet instanceof Connack c && c.code() == 0 ? change.apply(c) : packet);
    }

    private static Connack without(Connack connack, Property<?> property) {
        return new Connack(connack.sessionPresent(), 0, connack.properties().with(property, null));
    }

    /** A client that waits for a handler for ever. */
    private static final class StuckOrphans implements Mutation {
        private final Set<Integer> orphans = new HashSet<>();

        @Override
        public void toClient(Packet packet, Consumer<Packet> client) {
            if (packet instanceof Publish p && p.packetId() > 0) {
                if (p.message().topic().equals(Ledger.ORPHAN)) {
                    orphans.add(p.packetId());
                } else {
                    orphans.remove(p.packetId());
                }
            }
            client.accept(packet);
        }

        @Override
        public void toBroker(Packet packet, Consumer<Packet> network) {
            boolean stuck = packet instanceof Puback p && orphans.contains(p.packetId())
                    || packet instanceof Pubrec r && orphans.contains(r.packetId());
            if (!stuck) {
                network.accept(packet);
            }
        }
    }

    /** PUBREL leaves only if PUBREC has come. */
    private static final class UnaskedPubrels implements Mutation {
        private final Set<Integer> received = new HashSet<>();

        @Override
        public void toClient(Packet packet, Consumer<Packet> client) {
            if (packet instanceof Pubrec pubrec) {
                received.add(pubrec.packetId());
            }
            client.accept(packet);
        }

        @Override
        public void toBroker(Packet packet, Consumer<Packet> network) {
            if (packet instanceof Publish publish) {
                received.remove(publish.packetId());
            }
            if (!(packet instanceof Pubrel pubrel) || received.contains(pubrel.packetId())) {
                network.accept(packet);
            }
        }
    }

    /** Publishes of QoS 1 and 2 leave in pairs, the later one first. */
    private static final class Overtaking implements Mutation {
        private @Nullable Packet held;

        @Override
        public void toBroker(Packet packet, Consumer<Packet> network) {
            boolean publish = packet instanceof Publish p && p.packetId() > 0 && !p.dup();
            if (publish && held == null) {
                held = packet;
                return;
            }
            network.accept(packet);
            if (held != null) {
                network.accept(held);
                held = null;
            }
        }
    }

    private static Mutation log(UnaryOperator<SessionLog> change) {
        return new Mutation() {
            @Override
            public SessionStore store(SessionStore honest) {
                return clientId -> change.apply(honest.open(clientId));
            }
        };
    }

    /** Hands everything on; a mutant leaves something out. */
    private static class ForgetfulLog implements SessionLog {
        private final SessionLog log;

        ForgetfulLog(SessionLog log) {
            this.log = log;
        }

        @Override
        public StoredSession recovered() {
            return log.recovered();
        }

        @Override
        public void accepted(long sequence, Message message, long expiresAt) {
            log.accepted(sequence, message, expiresAt);
        }

        @Override
        public void sent(long sequence, int packetId) {
            log.sent(sequence, packetId);
        }

        @Override
        public void released(long sequence) {
            log.released(sequence);
        }

        @Override
        public void abandoned(long sequence) {
            log.abandoned(sequence);
        }

        @Override
        public void ended(long sequence) {
            log.ended(sequence);
        }

        @Override
        public void received(int packetId) {
            log.received(packetId);
        }

        @Override
        public void completed(int packetId) {
            log.completed(packetId);
        }

        @Override
        public void subscribed(TopicSubscription subscription, MqttProperties properties) {
            log.subscribed(subscription, properties);
        }

        @Override
        public void unsubscribed(TopicFilter filter) {
            log.unsubscribed(filter);
        }

        @Override
        public void cleared() {
            log.cleared();
        }

        @Override
        public long position() {
            return log.position();
        }

        @Override
        public long forced() {
            return log.forced();
        }

        @Override
        public void force(long position, Runnable done, Consumer<IOException> failed) {
            log.force(position, done, failed);
        }

        @Override
        public void close() throws IOException {
            log.close();
        }
    }

    /** Says that it has forced, and has not. */
    private record LyingDisk(Disk disk) implements Disk {
        @Override
        public void createFolder(Path folder) throws IOException {
            disk.createFolder(folder);
        }

        @Override
        public List<String> list(Path folder) throws IOException {
            return disk.list(folder);
        }

        @Override
        public void delete(Path path) throws IOException {
            disk.delete(path);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            disk.rename(from, to);
        }

        @Override
        public void forceFolder(Path folder) throws IOException {
            disk.forceFolder(folder);
        }

        @Override
        public Closeable lock(Path path) throws IOException {
            return disk.lock(path);
        }

        @Override
        public File open(Path path) throws IOException {
            File file = disk.open(path);
            return new File() {
                @Override
                public long size() throws IOException {
                    return file.size();
                }

                @Override
                public void read(ByteBuffer into, long position) throws IOException {
                    file.read(into, position);
                }

                @Override
                public void write(ByteBuffer bytes, long position) throws IOException {
                    file.write(bytes, position);
                }

                @Override
                public void truncate(long size) throws IOException {
                    file.truncate(size);
                }

                @Override
                public void force() {}

                @Override
                public void close() throws IOException {
                    file.close();
                }
            };
        }
    }
}
