package io.godwit.cli.shell;

import java.util.Collections;
import java.util.Iterator;

/** What the completion offers where a filter of the client in use is named. */
final class Filters implements Iterable<String> {
    private final Clients clients;

    Filters(Clients clients) {
        this.clients = clients;
    }

    @Override
    public Iterator<String> iterator() {
        ShellClient client = clients.currentOrNull();
        return client == null
                ? Collections.emptyIterator()
                : client.subscriptions().stream()
                        .map(each -> each.filter().text())
                        .iterator();
    }
}
