package io.godwit.web.page;

/** The WebSocket of one page, as far as {@link PageSession} sees it. Any thread. */
public interface PageConnection {
    /** Whether what was sent before has left; if not, updates are skipped. */
    boolean isReady();

    /** Sends a text frame. */
    void send(String json);

    /** Ends the connection with a reason for people, at most 123 bytes of it. */
    void close(String reason);
}
