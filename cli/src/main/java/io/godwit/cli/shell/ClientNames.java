package io.godwit.cli.shell;

import java.util.Iterator;

/** What the completion offers where a client is named. */
final class ClientNames implements Iterable<String> {
    private final Clients clients;

    ClientNames(Clients clients) {
        this.clients = clients;
    }

    @Override
    public Iterator<String> iterator() {
        return clients.all().stream().map(ShellClient::name).iterator();
    }
}
