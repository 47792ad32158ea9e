package io.godwit.web.source;

import io.godwit.web.model.TopicTree;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What fills a topic tree. Any thread. */
public interface Source extends AutoCloseable {
    /** What a page shows of it in a tab. */
    record Info(
            String name,
            String address,
            boolean recording,
            @Nullable String user,
            List<String> filters,
            SourceState state,
            @Nullable Connection connection,
            @Nullable Problem problem,
            @Nullable Timeline timeline) {}

    /**
     * A broker's connection.
     *
     * @param since when the state began
     * @param attempt to connect, from 1; 0 if there is none
     * @param next when the next attempt is; 0: there is none
     */
    record Connection(String version, String clientId, long since, int attempt, long next) {}

    /**
     * The times of a recording.
     *
     * @param start of its first message, in milliseconds since 1970
     * @param duration in milliseconds
     * @param buckets messages per equal part of the duration
     */
    record Timeline(long start, long duration, long messages, List<Long> buckets) {}

    TopicTree tree();

    Info info();

    @Override
    void close();
}
