package io.godwit.cli.statistics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.godwit.cli.options.MetricsOption;
import io.godwit.cli.options.StatisticsOptions;
import io.godwit.cli.output.Terminal;
import io.godwit.mqtt.client.ClientStatistics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Shows what the clients of a command count while it runs: a line each second, and a page for Prometheus on 127.0.0.1. */
public final class LiveStatistics implements AutoCloseable {
    /** Seconds that a request may take to arrive and an answer to be read, for the server of the JDK. */
    private static final Map<String, String> TIME_LIMITS =
            Map.of("sun.net.httpserver.maxReqTime", "5", "sun.net.httpserver.maxRspTime", "5");

    private static final int MOST_REQUESTS = 50;

    /** Names of this machine: a page of another site that has led its own name to 127.0.0.1 reads nothing. */
    private static final Pattern LOCAL = Pattern.compile("(127\\.0\\.0\\.1|localhost)(:[0-9]+)?");

    // Set once.
    private final List<StatisticsSource> sources;
    private final Terminal terminal;
    private final CountDownLatch over = new CountDownLatch(1);
    private final @Nullable HttpServer server;
    /** A client that sends half a request holds up one thread until the time limit, not the others. */
    private final ExecutorService answering = new ThreadPoolExecutor(
            0, MOST_REQUESTS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), LiveStatistics::thread);

    private LiveStatistics(List<StatisticsSource> sources, Terminal terminal, @Nullable HttpServer server) {
        this.sources = sources;
        this.terminal = terminal;
        this.server = server;
    }

    /**
     * Starts what the options ask for, which may be nothing.
     *
     * @throws IllegalArgumentException if the port is taken
     */
    public static LiveStatistics start(StatisticsOptions options, Terminal terminal, StatisticsSource... sources) {
        LiveStatistics live = serving(options.port(), terminal, List.of(sources));
        if (options.isPrinted()) {
            Thread printer = new Thread(live::print, "godwit-statistics");
            printer.setDaemon(true);
            printer.start();
        }
        return live;
    }

    /** The same for a command that shows its own figures. */
    public static LiveStatistics start(MetricsOption options, Terminal terminal, StatisticsSource source) {
        return serving(options.port(), terminal, List.of(source));
    }

    private static LiveStatistics serving(@Nullable Integer port, Terminal terminal, List<StatisticsSource> sources) {
        LiveStatistics live = new LiveStatistics(sources, terminal, port == null ? null : listen(port));
        live.serve();
        return live;
    }

    private static HttpServer listen(int port) {
        TIME_LIMITS.forEach(System::setProperty);
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 0);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "cannot serve metrics on 127.0.0.1:" + port + ": " + e.getMessage() + "; choose another --metrics",
                    e);
        }
    }

    private void serve() {
        HttpServer listening = server;
        if (listening == null) {
            return;
        }
        listening.createContext("/metrics", this::answer);
        listening.setExecutor(answering);
        listening.start();
        terminal.note("metrics on http://127.0.0.1:" + listening.getAddress().getPort() + "/metrics");
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("GET")) {
                exchange.sendResponseHeaders(405, -1);
                return;
            }
            String host = exchange.getRequestHeaders().getFirst("Host");
            if (host == null || !LOCAL.matcher(host).matches()) {
                exchange.sendResponseHeaders(421, -1);
                return;
            }
            byte[] page = PrometheusText.of(sources).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "godwit-metrics");
        thread.setDaemon(true);
        return thread;
    }

    private void print() {
        long start = System.nanoTime();
        long last = start;
        Map<StatisticsSource, ClientStatistics> before = new HashMap<>();
        sources.forEach(source -> before.put(source, source.statistics()));
        try {
            while (!over.await(last + TimeUnit.SECONDS.toNanos(1) - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                long time = System.nanoTime();
                Duration since = Duration.ofNanos(time - last);
                for (StatisticsSource source : sources) {
                    ClientStatistics now = source.statistics();
                    ClientStatistics then = before.put(source, now);
                    String line =
                            StatisticsLine.of(then == null ? now : then, now, since, Duration.ofNanos(time - start));
                    show(sources.size() == 1 ? line : source.name() + line);
                }
                last = time;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void show(String line) {
        // Messages on the same terminal would be written into a line that is updated in place, and so would a second
        // line.
        if (terminal.errIsTerminal() && !terminal.outIsTerminal() && sources.size() == 1) {
            terminal.progress(line.substring(0, Math.min(line.length(), terminal.columns() - 1)));
        } else {
            terminal.note(line);
        }
    }

    @Override
    public void close() {
        over.countDown();
        if (server != null) {
            server.stop(0);
        }
        answering.shutdownNow();
        if (terminal.errIsTerminal() && !terminal.outIsTerminal()) {
            terminal.endProgress();
        }
    }
}
