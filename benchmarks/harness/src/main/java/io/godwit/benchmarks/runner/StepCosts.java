package io.godwit.benchmarks.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the steps of a message cost: the measured CPU time per message, divided among steps as the profiler's samples are. A sample
 * belongs to the innermost of its frames that names a step. The compilers and the start are left out, so the steps add up to
 * what was measured.
 */
public final class StepCosts {
    private static final double NANOS_PER_SECOND = 1e9;

    /** What is over after the warm-up, or no part of the client. */
    private static final Predicate<String> LEFT_OUT =
            Pattern.compile("Sweeper thread|godwit-(watchdog|start|buffers).*").asMatchPredicate();

    /** In this order: a frame belongs to the first that fits. */
    private enum Step {
        WRITE("write to the socket", "io/netty/channel/unix/(Socket|FileDescriptor)\\.(send|write).*|.*\\.doWrite\\w*"),
        READ("read from the socket", "io/netty/channel/unix/(Socket|FileDescriptor)\\.(recv|read).*|.*\\.doReadBytes"),
        WAKE("wake the event loop", ".*/Native\\.eventFdWrite.*|.*EpollIoHandler\\.wakeup"),
        WAIT("wait for the socket or a wake-up", ".*/Native\\.epoll.*[wW]ait.*|.*EpollIoHandler\\.epoll.*Wait.*"),
        PARK("park and unpark threads", "java/util/concurrent/locks/LockSupport\\..*|.*/JoinWaiters.*"),
        LOCK("the session's lock", ".*/GuardedSession\\..*|java/util/concurrent/locks/.*"),
        MEMORY(
                "first access to a buffer",
                "io/netty/util/internal/(RefCnt|PlatformDependent0?\\.getInt).*|.*\\.is(Accessible|Live\\w*)"),
        PACKET("write or read the packet", "io/godwit/mqtt/codec/.*"),
        FUTURE("complete futures", ".*/(PublishFuture|FutureCompleter|EndedExchanges)\\W.*"),
        OUTBOX("memory of the outbox and the inbox", ".*/session/(Outbox|Inbox)\\W.*"),
        SESSION("identifiers, exchanges, acknowledgements", "io/godwit/mqtt/client/session/.*"),
        HANDLER("call handlers", ".*/(MessageDispatcher|HandlerCalls|HandlerThread|HandlerBinder)\\W.*"),
        APPLICATION("the benchmark itself", "io/godwit/benchmarks/.*"),
        NETTY("Netty", "io/netty/.*"),
        CLIENT("other code of the client", "io/godwit/.*"),
        REST("the JVM and the kernel", ".*");

        private final String title;
        private final Predicate<String> frames;

        Step(String title, String frames) {
            this.title = title;
            this.frames = Pattern.compile(frames).asMatchPredicate();
        }

        /** The step that a frame names; {@link #REST}: none. */
        private static Step naming(String frame) {
            return Arrays.stream(values())
                    .filter(step -> step.frames.test(frame))
                    .findFirst()
                    .orElse(REST);
        }

        static Step of(List<String> frames) {
            for (int i = frames.size() - 1; i >= 0; i--) {
                Step step = naming(frames.get(i));
                if (step != REST) {
                    return step;
                }
            }
            return REST;
        }
    }

    private final Map<ThreadRole, Map<Step, Long>> samples = new EnumMap<>(ThreadRole.class);
    private final double nanos;
    private long all;

    /**
     * @param collapsed lines of the form {@code [thread tid=1];outer;inner 42}
     * @param nanos of CPU time that a message takes
     */
    StepCosts(Stream<String> collapsed, double nanos) {
        this.nanos = nanos;
        collapsed.filter(line -> !line.isBlank()).map(ProfiledStack::parse).forEach(this::add);
        if (all == 0) {
            throw new IllegalArgumentException("there is no sample of a thread at work in it");
        }
    }

    private void add(ProfiledStack stack) {
        if (!stack.isCompiler() && !stack.isStart() && !LEFT_OUT.test(stack.thread())) {
            samples.computeIfAbsent(ThreadRole.of(stack.thread()), unseen -> new EnumMap<>(Step.class))
                    .merge(Step.of(stack.frames()), stack.samples(), Long::sum);
            all += stack.samples();
        }
    }

    private double cost(ThreadRole role, Step step) {
        return nanos * samples.getOrDefault(role, Map.of()).getOrDefault(step, 0L) / all;
    }

    private double cost(ThreadRole role) {
        return Arrays.stream(Step.values())
                .mapToDouble(step -> cost(role, step))
                .sum();
    }

    /** The table of several scenarios, a column each, in nanoseconds per message. */
    static String table(Map<String, StepCosts> scenarios) {
        List<String> header = new ArrayList<>(List.of("nanoseconds of CPU per message"));
        header.addAll(scenarios.keySet());
        Table table = new Table(header);
        for (ThreadRole role : ThreadRole.values()) {
            addRow(table, "**" + role.title() + "**", scenarios, costs -> costs.cost(role));
            for (Step step : Step.values()) {
                addRow(table, step.title, scenarios, costs -> costs.cost(role, step));
            }
        }
        addRow(table, "**measured**", scenarios, costs -> costs.nanos);
        return table.toString();
    }

    /** Leaves out what is less than half a nanosecond everywhere. */
    private static void addRow(
            Table table, String title, Map<String, StepCosts> scenarios, ToDoubleFunction<StepCosts> cost) {
        if (scenarios.values().stream().anyMatch(costs -> cost.applyAsDouble(costs) >= 0.5)) {
            List<String> row = new ArrayList<>(List.of(title));
            scenarios.values().forEach(costs -> row.add(String.format(Locale.ROOT, "%.0f", cost.applyAsDouble(costs))));
            table.add(row);
        }
    }

    /** The arguments, for each scenario: its name, the file of collapsed stacks, and the {@code runs.tsv} of the same run. */
    public static void main(String[] args) throws IOException {
        Map<String, StepCosts> scenarios = new LinkedHashMap<>();
        for (int i = 0; i < args.length; i += 3) {
            List<String> runs = Files.readAllLines(Path.of(args[i + 2]));
            String last = runs.get(runs.size() - 1);
            Result result = Result.parse(last.substring(last.lastIndexOf('\t') + 1));
            try (Stream<String> lines = Files.lines(Path.of(args[i + 1]))) {
                scenarios.put(
                        args[i],
                        new StepCosts(lines, result.figure("cpu") / result.figure("count") * NANOS_PER_SECOND));
            }
        }
        System.out.print(table(scenarios));
    }
}
