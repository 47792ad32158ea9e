package io.godwit.benchmarks.paho;

import io.godwit.benchmarks.Adapter;
import io.godwit.benchmarks.Endpoint;
import io.godwit.benchmarks.Link;

/** Paho shares nothing between its clients: each has threads of its own. */
public final class PahoAdapter implements Adapter {

    public PahoAdapter(Endpoint endpoint) {
        if (endpoint.tls()) {
            throw new IllegalArgumentException("Paho has no TLS scenario");
        }
    }

    @Override
    public Link connect(Endpoint endpoint) throws Exception {
        return endpoint.mqtt5() ? Paho5Link.connect(endpoint) : Paho3Link.connect(endpoint);
    }

    @Override
    public void close() {
        // nothing is shared
    }
}
