package io.godwit.cli.output;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;

/** The exit codes. They are stable; docs/cli.md lists them. */
public final class ExitCodes {
    /** Success. */
    public static final int OK = 0;
    /** Any other failure. */
    public static final int FAILED = 1;
    /** Invalid command line. */
    public static final int USAGE = 2;
    /** The broker could not be reached: name, network, proxy, TLS, WebSocket, or no answer to CONNECT. */
    public static final int UNREACHABLE = 3;
    /** The broker refused the connection. */
    public static final int REFUSED = 4;
    /** The broker refused the user name, the password or the right to connect. */
    public static final int NOT_AUTHORIZED = 5;
    /** The connection was lost and not restored. */
    public static final int CONNECTION_LOST = 6;
    /** A message was not acknowledged: refused, over a limit, expired. */
    public static final int PUBLISH_FAILED = 7;
    /** The broker refused a subscription. */
    public static final int SUBSCRIBE_FAILED = 8;
    /** A check failed: lost, duplicate or reordered messages; for doctor, a step after the connection. */
    public static final int CHECK_FAILED = 9;
    /** Time ran out; the number of mosquitto_sub. */
    public static final int TIMEOUT = 27;
    /** The JVM ran out of memory; the number of sysexits' EX_OSERR. */
    public static final int OUT_OF_MEMORY = 71;
    /** Output could not be written, such as on a full disk; the number of sysexits' EX_IOERR. */
    public static final int OUTPUT_FAILED = 74;
    /** Ended by Ctrl-C. */
    public static final int INTERRUPTED = 130;
    /** Standard output was closed by its reader. */
    public static final int OUTPUT_CLOSED = 141;

    private static final Map<Integer, String> OF_ALL = Map.of(
            OK, "success",
            FAILED, "any other failure",
            USAGE, "invalid command line",
            OUT_OF_MEMORY, "out of memory",
            OUTPUT_FAILED, "standard output could not be written, such as on a full disk",
            INTERRUPTED, "interrupted by Ctrl-C");

    private static final Map<Integer, String> OF_CLIENTS = Map.of(
            UNREACHABLE, "the broker could not be reached",
            REFUSED, "the broker rejected the connection",
            NOT_AUTHORIZED, "the broker rejected the credentials or denied access",
            CONNECTION_LOST, "the connection was lost and not restored");

    private ExitCodes() {}

    /** Adds the common exit codes to those that a command declares itself. */
    public static void describe(CommandSpec command) {
        Map<Integer, String> all = new TreeMap<>(OF_ALL);
        boolean connects = command.findOption("--keepalive") != null;
        if (connects) {
            all.putAll(OF_CLIENTS);
        }
        command.usageMessage().exitCodeList().forEach((code, text) -> all.put(Integer.valueOf(code.strip()), text));
        Map<String, String> list = new LinkedHashMap<>();
        all.forEach((code, text) ->
                list.put(" ".repeat(4 - Integer.toString(code).length()) + code, text));
        command.usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(list);
        command.subcommands().values().forEach(below -> describe(below.getCommandSpec()));
    }
}
