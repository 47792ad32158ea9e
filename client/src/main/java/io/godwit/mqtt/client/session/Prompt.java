package io.godwit.mqtt.client.session;

/**
 * A handler that may be called ahead of the messages that wait: it only notes what came. The answer to a request is one,
 * because the handler before it may be waiting for just that answer.
 */
public interface Prompt {
    /** Whether messages for this handler alone go past the inbox, as {@link SessionEvent.Prompted}. */
    boolean isPrompt();
}
