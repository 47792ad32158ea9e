package io.godwit.cli.options;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code -h}: a host name or an address; where it may be repeated, several. */
public final class HostOption extends SharedOption {
    @Option(
            order = 1,
            names = {"-h", "--host"},
            paramLabel = "HOST")
    private List<String> hosts = new ArrayList<>();

    public HostOption(String description) {
        super(description);
    }

    /** All that were given, in their order. */
    public List<String> all() {
        return hosts;
    }

    /** The last one, or null. */
    public @Nullable String last() {
        return hosts.isEmpty() ? null : hosts.get(hosts.size() - 1);
    }
}
