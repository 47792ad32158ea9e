package io.godwit.web.page;

import io.godwit.web.json.Json;

/** One page: answers its requests and sends what it shows. */
public final class PageSession {
    private final PageConnection connection;

    public PageSession(PageConnection connection, Workspace workspace) {
        this.connection = connection;
        connection.send(Json.object(json -> {
            json.writeStringField("type", "hello");
            json.writeNumberField("protocol", 1);
            json.writeStringField("version", workspace.version());
            json.writeBooleanField("readOnly", workspace.readOnly());
        }));
    }

    /** A frame of the page. */
    public void received(String text) {
        connection.close("not ready yet");
    }

    /** The page has gone. */
    public void closed() {}
}
