package io.godwit.cli.bench;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a run gave, as values; the reports are made from it. Rates and latencies are of the messages after the warm-up,
 * counts of loss, duplicates and order are of all messages.
 *
 * @param problems what went wrong, and how often
 * @param limit what kept it from publishing faster; null: nothing can be said
 */
public record BenchResult(
        BenchPlan plan,
        Instant started,
        Connections connections,
        Published published,
        Received received,
        Distribution endToEnd,
        Distribution acknowledgement,
        Distribution lag,
        Sessions sessions,
        Client client,
        Map<String, Long> problems,
        Verdict verdict,
        @Nullable Limit limit,
        Timeline.History history) {
    /**
     * The connections.
     *
     * @param lost how often one lost
     * @param upAtEnd those that were there when the run ended
     * @param seconds from the first attempt to the last CONNACK
     * @param latency from when a connection was due to CONNACK
     */
    public record Connections(
            int asked, int made, int failed, long lost, long upAtEnd, double seconds, Distribution latency) {
        double perSecond() {
            return seconds > 0 ? made / seconds : 0;
        }
    }

    /**
     * What became of subscriptions and of connections that were cut on purpose.
     *
     * @param cuts how many connections were cut
     * @param reconnect from a cut to CONNACK
     * @param subscribe from SUBSCRIBE to SUBACK
     * @param unsubscribe from UNSUBSCRIBE to UNSUBACK
     */
    public record Sessions(long cuts, Distribution reconnect, Distribution subscribe, Distribution unsubscribe) {
        static final Sessions NONE = new Sessions(0, Distribution.NONE, Distribution.NONE, Distribution.NONE);
    }

    /**
     * What was published.
     *
     * @param acknowledged at QoS 0: given to the connection
     * @param unanswered neither acknowledged nor failed when the run ended
     * @param perSecond acknowledged messages a second
     * @param bytesPerSecond their payloads
     */
    public record Published(
            long sent, long acknowledged, long failed, long unanswered, double perSecond, double bytesPerSecond) {}

    /**
     * What came to the subscribers.
     *
     * @param expected accepted messages, times the subscribers that each is for
     * @param received all that came
     * @param unique messages of this run, each counted once for each subscriber
     * @param outOfOrder messages that came after later ones of the same publisher
     * @param other messages that are not of this run
     */
    public record Received(
            long expected,
            long received,
            long unique,
            long lost,
            long duplicates,
            long outOfOrder,
            long other,
            double perSecond,
            double bytesPerSecond) {}

    /**
     * What this process took.
     *
     * @param cpuSeconds of processors, while it measured
     * @param seconds how long that was
     * @param cores processors of the machine
     * @param machineLoad of all processes meanwhile, 0 to 1
     * @param residentBytes the most memory it ever had
     */
    public record Client(
            double cpuSeconds, double seconds, int cores, double machineLoad, long heapBytes, long residentBytes) {
        /** How many processors it kept busy. */
        double coresUsed() {
            return seconds > 0 ? cpuSeconds / seconds : 0;
        }
    }

    /**
     * What kept a run from publishing faster.
     *
     * @param why for people
     */
    public record Limit(Kind kind, String why) {
        /** Where the limit is. */
        public enum Kind {
            /** The rate that was asked for was reached. */
            NONE,
            /** The processors of the machine on which the load is made. */
            THIS_MACHINE,
            NETWORK,
            BROKER,
            /** The number of messages in flight, given the time that an answer takes. */
            WINDOW;

            /** In reports. */
            String text() {
                return this == THIS_MACHINE ? "this machine" : name().toLowerCase(Locale.ROOT);
            }
        }
    }

    /**
     * What is to be said of it.
     *
     * @param broken promises of MQTT that were not kept
     * @param warnings why figures may not say what they seem to
     */
    public record Verdict(int exitCode, List<String> broken, List<String> warnings) {}
}
