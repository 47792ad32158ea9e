package example;

import io.godwit.testkit.TestBroker;

/** The testkit's broker. */
final class BrokerInMemory implements Broker {
    private TestBroker broker;
    private int port;

    @Override
    public String uri() {
        return "mqtts://localhost:" + port;
    }

    @Override
    public void start(Certificate certificate) {
        broker = TestBroker.builder()
                .port(port)
                .tls(certificate.chain(), certificate.key())
                .start();
        port = broker.port();
    }

    @Override
    public void stop() {
        broker.close();
    }
}
