package io.godwit.cli;

import io.godwit.cli.options.CountOption;
import io.godwit.cli.options.ExecOptions;
import io.godwit.cli.options.PayloadSource;
import io.godwit.cli.options.QosOption;
import io.godwit.cli.options.ResponseTopicOption;
import io.godwit.cli.options.StatisticsOptions;
import io.godwit.cli.options.TimeoutOption;
import io.godwit.cli.options.TopicOption;
import io.godwit.cli.options.VerboseOption;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Failures;
import io.godwit.cli.output.Repeats;
import io.godwit.cli.output.Terminal;
import io.godwit.cli.statistics.LiveStatistics;
import io.godwit.cli.statistics.StatisticsSource;
import io.godwit.cli.tracing.TraceContext;
import io.godwit.mqtt.client.Acknowledgement;
import io.godwit.mqtt.client.ManualHandler;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.MqttProperties;
import io.godwit.mqtt.protocol.Property;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.mqtt.protocol.TopicFilter;
import io.godwit.mqtt.protocol.TopicName;
import io.godwit.mqtt.protocol.TopicSubscription;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Answers requests until it is enough: with the same payload, with what was asked, or with what a command says. */
@Command(
        name = "reply",
        sortOptions = false,
        customSynopsis = "godwit reply [OPTIONS] -t FILTER (-m TEXT | -f FILE | -s | -n | --echo | --exec CMD)",
        description = {
            "Answer requests, with what an option or a command says.",
            "Answers go to the response topic with the correlation data of MQTT 5,",
            "those to requests to FILTER/request/ID go to TOPIC/response/ID, as godwit request asks with MQTT 3."
        },
        exitCodeList = {
            "8:the broker rejected a subscription",
            "27:timed out",
            "141:standard output was closed by its reader"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit reply -t lamp/get -m on",
            "  godwit reply -t 'echo/#' --echo",
            "  godwit reply -t sum --exec 'paste -sd+ | bc'",
            "  godwit reply -t 'file/+' --exec 'cat \"/srv/${GODWIT_TOPIC##*/}\"' --jobs 4"
        })
final class ReplyCommand extends ClientCommand {
    @Mixin
    private TopicOption topic = new TopicOption("A topic filter of requests; may be repeated.");

    @ArgGroup(multiplicity = "1")
    private Source source = new Source();

    /** Where the answer comes from. */
    static final class Source extends PayloadSource {
        @Option(names = "--echo", description = "Answer with what was asked.")
        private boolean echo;

        @Option(
                names = "--exec",
                paramLabel = "CMD",
                description = {
                    "Answer with what this command of the shell writes, without its last line",
                    "end. It gets the request on standard input, and the variables GODWIT_TOPIC,",
                    "GODWIT_RESPONSE_TOPIC, GODWIT_CONTENT_TYPE. If it fails, there is no answer."
                })
        private @Nullable String command;
    }

    @Mixin
    private ResponseTopicOption responseTopic =
            new ResponseTopicOption("Where the answer goes when the request does not say.");

    @Mixin
    private QosOption qos = new QosOption("The highest QoS to receive with; the answer has that of the request. [1]");

    @Mixin
    private CountOption count = new CountOption("End after N answers.");

    @Mixin
    private TimeoutOption timeout = new TimeoutOption("End after this time, exit code 27.");

    @Mixin
    private ExecOptions exec = new ExecOptions();

    @Mixin
    private VerboseOption verbose = new VerboseOption("Print the topics of each request and answer.");

    @Mixin
    private StatisticsOptions statistics = new StatisticsOptions();

    ReplyCommand(Terminal terminal) {
        super(terminal);
        connection().usualVersion(ProtocolVersion.V5);
    }

    @Override
    public Integer call() throws Exception {
        List<TopicSubscription> subscriptions = subscriptions();
        exec.jobs(); // checked before anything is connected
        Answer answer = source.command != null
                ? Answer.shell(source.command, exec.timeout())
                : source.echo ? Answer.echo() : Answer.fixed(source.bytes());
        ExecutorService workers = Executors.newCachedThreadPool();
        Replies replies = new Replies(answer, workers, count.or(0));
        MqttClientBuilder builder = builder();
        subscriptions.forEach(
                subscription -> builder.manualHandler(subscription.filter().text(), replies));
        MqttClient client = builder.build();
        replies.client = client;
        long deadline = deadline(timeout.get());
        try (LiveStatistics live = LiveStatistics.start(statistics, terminal(), StatisticsSource.of(client));
                ShutdownHook interruption = new ShutdownHook(() -> {
                    disconnectQuickly(client);
                    note(replies.summary());
                })) {
            connectWithin(client, deadline);
            waitFor(
                    client.subscribeAsync(
                            subscriptions, connection().properties(Property.Location.SUBSCRIBE), declared -> {}),
                    deadline);
            note("answering requests on " + String.join(", ", filters()));
            return waitFor(replies.end, deadline);
        } catch (TimeoutException e) {
            hurry();
            return ExitCodes.TIMEOUT;
        } finally {
            workers.shutdown();
            disconnect(client);
        }
    }

    private List<String> filters() {
        String inUrl = connection().topicOfUrl();
        return topic.all().isEmpty() && inUrl != null ? List.of(inUrl) : topic.all();
    }

    private List<TopicSubscription> subscriptions() {
        List<String> filters = filters();
        Qos most = qos.or(Qos.AT_LEAST_ONCE);
        if (filters.isEmpty()) {
            throw new IllegalArgumentException("missing topic filter: use -t FILTER");
        }
        List<TopicSubscription> all = new ArrayList<>();
        for (String filter : filters) {
            all.add(TopicSubscription.of(filter, most));
            if (!filter.endsWith("#")) {
                all.add(TopicSubscription.of(ResponseTopics.requests(filter), most));
            }
        }
        String answers = responseTopic.get();
        if (answers != null) {
            TopicName.check(answers);
            for (TopicSubscription subscription : all) {
                TopicFilter filter = subscription.filter();
                if (filter.matches(answers)) {
                    throw new IllegalArgumentException(
                            "-e " + answers + " matches -t " + filter + ": it would answer its own answers forever");
                }
            }
        }
        return all;
    }

    /** Answers each request, and acknowledges it when the answer is on its way. */
    private final class Replies implements ManualHandler {
        // Set once.
        private final Answer answer;
        private final long wanted;
        private final ExecutorService workers;
        private final CompletableFuture<Integer> end = new CompletableFuture<>();
        private final Semaphore free = new Semaphore(exec.jobs());
        private @Nullable MqttClient client;

        // Handler thread only.
        private final Repeats repeats = new Repeats();

        // Any thread.
        private final AtomicLong answered = new AtomicLong();

        Replies(Answer answer, ExecutorService workers, long wanted) {
            this.wanted = wanted;
            this.answer = answer;
            this.workers = workers;
        }

        String summary() {
            long n = answered.get();
            return n + (n == 1 ? " answer" : " answers");
        }

        @Override
        public void handle(Message request, Acknowledgement acknowledgement) throws InterruptedException {
            if (repeats.isRepeat(request)) {
                acknowledgement.acknowledge(); // it matched a second filter
                return;
            }
            if (end.isDone()) {
                return;
            }
            String to = ResponseTopics.of(request);
            to = to == null ? responseTopic.get() : to;
            String fault = to == null ? "the request has no response topic, and there is no -e" : TopicName.fault(to);
            if (to == null || fault != null) {
                note("godwit reply: the request to '" + request.topic() + "' cannot be answered: " + fault);
                acknowledgement.acknowledge();
                return;
            }
            String target = to;
            free.acquire();
            workers.execute(() -> {
                try {
                    CompletableFuture<?> sent = reply(request, target);
                    acknowledgement.acknowledge(); // before the last answer may end the command
                    if (sent != null) {
                        sent.whenComplete((done, failed) -> replied(request, target, failed));
                    }
                } finally {
                    free.release();
                }
            });
        }

        /** Null: there is no answer, and it was said why. */
        private @Nullable CompletableFuture<?> reply(Message request, String target) {
            try {
                byte[] payload = answer.to(request, target);
                boolean isVersion5 = connection().version() == ProtocolVersion.V5;
                MqttProperties properties = connection().properties(Property.Location.PUBLISH);
                TraceContext trace = TraceContext.of(request.userProperties());
                Message reply = new Message(
                        target,
                        payload,
                        request.qos(),
                        false,
                        isVersion5 && trace != null ? trace.addTo(properties) : properties);
                if (isVersion5) {
                    reply = reply.withCorrelationData(request.correlationData());
                }
                return Objects.requireNonNull(client).publishAsync(reply);
            } catch (IOException | IllegalArgumentException | MqttException e) {
                note("godwit reply: the request to '" + request.topic() + "' is not answered: " + Failures.text(e));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return null;
        }

        private void replied(Message request, String target, @Nullable Throwable failed) {
            if (failed != null) {
                note("godwit reply: the answer to '" + target + "' failed: " + Failures.text(Failures.unwrap(failed)));
                return;
            }
            if (verbose.isOn() && !terminal().line(request.topic() + " -> " + target)) {
                end.complete(ExitCodes.OUTPUT_CLOSED);
            }
            if (answered.incrementAndGet() == wanted) {
                end.complete(ExitCodes.OK);
            }
        }
    }
}
