package io.godwit.web.browser;

import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.ProtocolVersion;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.web.WebServer;
import io.godwit.web.WebSettings;
import io.godwit.web.decode.Decoding;
import io.godwit.web.model.MemoryBudget;
import io.godwit.web.page.Workspace;
import io.godwit.web.source.BrokerPlan;
import io.godwit.web.source.Sources;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A broker, a server for the page, a browser that shows the broker, and a client that publishes to it. */
final class RunningPage implements AutoCloseable {
    private static final long MEMORY = 256L << 20;
    private static final int WIDTH = 1440;
    private static final int HEIGHT = 900;

    // Set once.
    private final BrokerKind.Running broker;
    private final Workspace workspace;
    private final WebServer server;
    private final Browser browser;
    private final MqttClient client;

    private RunningPage(BrokerKind.Running broker, boolean readOnly, Browser browser) {
        this.broker = broker;
        this.browser = browser;
        Sources sources = new Sources(new MemoryBudget(MEMORY), System::currentTimeMillis);
        this.workspace = new Workspace("0.1.0", readOnly, sources, Decoding.usual(), RunningPage::plan);
        this.server = WebServer.start(WebSettings.local(0), workspace);
        this.client = MqttClient.builder()
                .server(broker.address())
                .protocol(ProtocolVersion.V5)
                .build();
        client.connect();
    }

    /** What the command does with what the dialog asks for. */
    private static BrokerPlan plan(Workspace.NewBroker asked) {
        TransportOptions transport = asked.transport();
        return new BrokerPlan(
                asked.name() == null ? asked.address() : asked.name(),
                asked.address(),
                asked.user(),
                asked.filters().isEmpty() ? List.of("#", "$SYS/#") : asked.filters(),
                Qos.EXACTLY_ONCE,
                List.of(ProtocolVersion.V5, ProtocolVersion.V3_1_1),
                version -> MqttClient.builder().transport(transport).protocol(version),
                new PlainDoctor());
    }

    private static BrokerPlan plan(String address, String name) {
        return plan(new Workspace.NewBroker(address, name, null, null, null, null, List.of(), null));
    }

    /** Starts all of it; the page shows every topic of the broker, which was added at the start, as {@code godwit web ADDRESS} does. */
    static RunningPage start(BrokerKind kind, Path folder, Browser browser) throws Exception {
        return start(kind, folder, browser, false);
    }

    static RunningPage start(BrokerKind kind, Path folder, Browser browser, boolean readOnly) throws Exception {
        RunningPage page = new RunningPage(kind.start(folder), readOnly, browser);
        page.workspace.sources().add(plan(page.broker.address(), kind.name().toLowerCase(Locale.ROOT)));
        page.reload();
        browser.awaitText(".broker-bar", "connected");
        return page;
    }

    /** The same, but the page knows no broker yet. */
    static RunningPage startEmpty(BrokerKind kind, Path folder, Browser browser) throws Exception {
        RunningPage page = new RunningPage(kind.start(folder), false, browser);
        page.reload();
        return page;
    }

    /** Opens the page again, as another user would. */
    void reload() {
        browser.open(server.link(), WIDTH, HEIGHT);
    }

    /** Adds a broker in the dialog. */
    void add(String address, String name) {
        browser.click("Add a broker");
        browser.type("[name=address]", address);
        browser.type("[name=name]", name);
        browser.click("Connect");
        browser.awaitText("[role=tab][aria-selected=true]", name);
    }

    String brokerAddress() {
        return broker.address();
    }

    String address() {
        return server.address();
    }

    MqttClient client() {
        return client;
    }

    void publish(String topic, String payload) {
        publish(topic, payload.getBytes(StandardCharsets.UTF_8));
    }

    void publish(String topic, byte[] payload) {
        publish(Message.of(topic, payload));
    }

    void publish(Message message) {
        client.publish(message.withQos(Qos.AT_LEAST_ONCE));
    }

    void retain(String topic, String payload) {
        publish(Message.of(topic, payload).withRetain(true));
    }

    /** Leaves the page first: it would try to connect again. */
    @Override
    public void close() throws Exception {
        browser.leave();
        stopServing();
    }

    /** Ends everything but the page. */
    void stopServing() throws Exception {
        try (AutoCloseable last = broker.broker();
                MqttClient second = client;
                Workspace third = workspace) {
            server.close();
        }
    }
}
