package io.godwit.cli.output;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;

/** What the command says to the shell. The numbers are stable; docs/cli.md lists them. */
public final class ExitCodes {
    /** All went well. */
    public static final int OK = 0;
    /** Something failed that has no number of its own. */
    public static final int FAILED = 1;
    /** The command line is wrong. */
    public static final int USAGE = 2;
    /** The broker could not be reached: name, network, proxy, TLS, WebSocket, or no answer to CONNECT. */
    public static final int UNREACHABLE = 3;
    /** The broker refused the connection. */
    public static final int REFUSED = 4;
    /** The broker refused the user name, the password or the right to connect. */
    public static final int NOT_AUTHORIZED = 5;
    /** The connection was lost, and was not made again. */
    public static final int CONNECTION_LOST = 6;
    /** A message was not acknowledged: refused, over a limit, expired. */
    public static final int PUBLISH_FAILED = 7;
    /** The broker refused a subscription. */
    public static final int SUBSCRIBE_FAILED = 8;
    /** A check found what must not be: lost, double or unordered messages; for doctor, a step beyond the connection. */
    public static final int CHECK_FAILED = 9;
    /** Time ran out; the number of mosquitto_sub. */
    public static final int TIMEOUT = 27;
    /** Ended by Ctrl-C. */
    public static final int INTERRUPTED = 130;
    /** The reader of standard output has gone. */
    public static final int OUTPUT_CLOSED = 141;

    private static final Map<Integer, String> OF_ALL = Map.of(
            OK, "all went well",
            FAILED, "something failed that has no number of its own",
            USAGE, "the command line is wrong",
            INTERRUPTED, "ended by Ctrl-C");

    private static final Map<Integer, String> OF_CLIENTS = Map.of(
            UNREACHABLE, "the broker could not be reached",
            REFUSED, "the broker refused the connection",
            NOT_AUTHORIZED, "the broker refused the user name, the password or the right to connect",
            CONNECTION_LOST, "the connection was lost and was not made again");

    private ExitCodes() {}

    /** Adds to the numbers that a command says are its own those that it shares with others. */
    public static void describe(CommandSpec command) {
        Map<Integer, String> all = new TreeMap<>(OF_ALL);
        boolean connects = command.findOption("--keepalive") != null;
        if (connects) {
            all.putAll(OF_CLIENTS);
        }
        command.usageMessage().exitCodeList().forEach((code, text) -> all.put(Integer.valueOf(code.strip()), text));
        Map<String, String> list = new LinkedHashMap<>();
        all.forEach((code, text) -> list.put(String.format("%4d", code), text));
        command.usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(list);
        command.subcommands().values().forEach(below -> describe(below.getCommandSpec()));
    }
}
