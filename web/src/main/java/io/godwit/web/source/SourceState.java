package io.godwit.web.source;

import java.util.Locale;

/** Where a broker's connection or a recording stands. */
public enum SourceState {
    CONNECTING,
    CONNECTED,
    /** For the next attempt to connect. */
    WAITING,
    /** There is no next attempt. */
    FAILED,
    CLOSED,
    /** The recording is being read. */
    LOADING,
    PAUSED,
    PLAYING,
    /** The recording stands at its end. */
    ENDED;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
