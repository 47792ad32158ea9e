package io.godwit.benchmarks.runner;

import java.util.Arrays;
import java.util.regex.Pattern;

/** What threads are there for, by their names in Godwit, Netty, Vert.x and HiveMQ's client. */
enum ThreadRole {
    EVENT_LOOP("event loop", "godwit-io.*|multiThreadIoEventLoop.*|vert\\.x-eventloop.*|com\\.hivemq\\.client.*"),
    PUBLISHER("publishing thread", "publisher.*"),
    HANDLER("handler's thread", "godwit-handler.*|ForkJoinPool.*|RxComputation.*"),
    REST("rest", ".*");

    private final String title;
    private final Pattern threads;

    ThreadRole(String title, String threads) {
        this.title = title;
        this.threads = Pattern.compile(threads);
    }

    static ThreadRole of(String thread) {
        return Arrays.stream(values())
                .filter(role -> role.threads.matcher(thread).matches())
                .findFirst()
                .orElse(REST);
    }

    String title() {
        return title;
    }
}
