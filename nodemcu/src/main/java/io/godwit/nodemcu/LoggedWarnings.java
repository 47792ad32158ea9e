package io.godwit.nodemcu;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs warnings, each once. */
final class LoggedWarnings implements Consumer<Warning> {

    private static final Logger LOG = LoggerFactory.getLogger(Mqtt.class);

    /** How many different warnings are remembered; topics can make any number of them. */
    private static final int MOST = 1000;

    private final Set<Warning> seen = ConcurrentHashMap.newKeySet(2);

    @Override
    public void accept(Warning warning) {
        if (seen.size() < MOST && seen.add(warning)) {
            LOG.warn("{}", warning);
        }
    }
}
