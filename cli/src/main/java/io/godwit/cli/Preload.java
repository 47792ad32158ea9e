package io.godwit.cli;

import io.godwit.cli.options.UserFolders;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttClientBuilder;
import io.godwit.mqtt.client.engine.TransportAccess;
import io.godwit.mqtt.client.transport.netty.NettyTransport;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Loads the library's classes on a thread of their own while picocli prepares and reads the options: each takes about a third of
 * the time that a short command runs. What the command does is the same without it.
 */
final class Preload {
    /** The commands that scripts start again and again. */
    private static final Set<String> COMMANDS = Set.of("pub", "sub", "request", "reply", "retained", "record");

    private final @Nullable Thread thread;

    private Preload(@Nullable Thread thread) {
        this.thread = thread;
    }

    /** Loads nothing. */
    static Preload none() {
        return new Preload(null);
    }

    /** Begins to load what the command with these arguments needs, if it is known to be one that connects without a log. */
    static Preload start(List<String> arguments) {
        if (arguments.isEmpty() || !COMMANDS.contains(arguments.get(0)) || mayLog(arguments)) {
            return none();
        }
        Logging.configure(false);
        Thread thread = new Thread(Preload::load, "godwit-preload");
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((in, failure) -> {}); // the command meets the same failure, and reports it
        thread.start();
        return new Preload(thread);
    }

    /** Whether {@code --debug} may be among these or in a file of options: its level must be set before a class that logs is loaded. */
    private static boolean mayLog(List<String> arguments) {
        for (String word : arguments) {
            boolean letters = word.startsWith("-") && !word.startsWith("--");
            if (letters && (word.indexOf('d') > 0 || word.indexOf('o') > 0)
                    || word.startsWith("--debug")
                    || word.startsWith("--options")) {
                return true;
            }
        }
        return ConfigFiles.mention(UserFolders.configuration(), arguments.get(0), Set.of("-d", "--debug"));
    }

    /** A client that is closed before it connects. */
    private static void load() {
        try (NettyTransport transport = new NettyTransport(1)) {
            MqttClientBuilder builder =
                    MqttClient.builder().server("mqtt://localhost").clientId("preload");
            TransportAccess.use(builder, transport).build().close();
        }
    }

    /**
     * Waits until the classes are loaded. Before the command uses the library, since two threads that initialize classes which
     * depend on each other can block each other.
     */
    void await() {
        if (thread == null) {
            return;
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
