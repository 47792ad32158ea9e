package io.godwit.benchmarks.runner;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A stack that async-profiler has found, in its collapsed form, taken with the names of the threads.
 *
 * @param frames the outermost first
 * @param samples how often it was found
 */
record ProfiledStack(String thread, List<String> frames, long samples) {
    private static final Pattern THREAD = Pattern.compile("\\[(.*?) ?tid=\\d+]");
    private static final Pattern COMPILER = Pattern.compile("C[12] Compiler.*");
    private static final Pattern START = Pattern.compile("main|");

    /** Reads a line of the form {@code [thread tid=1];outer;inner 42}. */
    static ProfiledStack parse(String line) {
        int end = line.lastIndexOf(' ');
        List<String> stack = List.of(line.substring(0, end).split(";"));
        Matcher named = THREAD.matcher(stack.get(0));
        if (!named.matches()) {
            throw new IllegalArgumentException("a stack begins with its thread, this one does not: " + line);
        }
        return new ProfiledStack(
                named.group(1), stack.subList(1, stack.size()), Long.parseLong(line.substring(end + 1)));
    }

    boolean isCompiler() {
        return COMPILER.matcher(thread).matches();
    }

    /** Whether it is of the thread that starts the JVM and the benchmark. */
    boolean isStart() {
        return START.matcher(thread).matches();
    }
}
