package io.godwit.mqtt.client.engine;

import io.godwit.mqtt.client.session.SessionEvent;

/** Passes on what the session reports of messages and subscriptions. Event loop only. */
final class SessionReports {
    private SessionReports() {}

    static void report(SessionEvent event, Notifier notifier, Ticker ticker, MessageHandlers handlers) {
        if (event instanceof SessionEvent.Unhandled unhandled) {
            notifier.messageUnhandled(unhandled.message(), unhandled.parked());
            if (unhandled.parked()) {
                ticker.schedule();
            }
        } else if (event instanceof SessionEvent.TickEarlier) {
            ticker.schedule();
        } else if (event instanceof SessionEvent.Prompted prompted) {
            handlers.deliverPrompt(prompted);
        } else if (event instanceof SessionEvent.Resubscribed again) {
            notifier.tell((listener, client) -> listener.resubscribed(client, again.subscription(), again.reason()));
        } else if (event instanceof SessionEvent.Sent sent) {
            notifier.publishSent(sent.message(), sent.again());
        } else if (event instanceof SessionEvent.Notice notice) {
            notifier.notice(notice);
        } else if (event instanceof SessionEvent.Rejected rejected) {
            notifier.messageRejected(rejected.message(), rejected.reason());
        }
    }
}
