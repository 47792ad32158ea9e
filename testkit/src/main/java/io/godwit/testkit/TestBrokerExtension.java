package io.godwit.testkit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a JUnit test a {@link TestBroker}, and a {@link FaultProxy} in front of it when the test asks for one.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final TestBrokerExtension BROKER = new TestBrokerExtension();   // one broker for the class, emptied before each test
 *
 * @GodwitTest
 * void a_test(TestBroker broker, FaultProxy proxy) { ... }               // or: one broker for this test
 * }</pre>
 *
 * <p>Registered in a static field there is one broker for the class, without state and memory at the start of each test;
 * otherwise each test has its own. A class wants {@code org.junit.jupiter:junit-jupiter-api} on its path.
 */
public final class TestBrokerExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback, ParameterResolver {
    private final TestBroker.Builder builder;

    private @Nullable TestBroker broker;
    private @Nullable FaultProxy proxy;
    private boolean wholeClass;

    /** With a broker that allows everything. */
    public TestBrokerExtension() {
        this(TestBroker.builder());
    }

    /** With brokers of this builder. */
    public TestBrokerExtension(TestBroker.Builder builder) {
        this.builder = builder;
    }

    /**
     * The broker.
     *
     * @throws IllegalStateException outside a test
     */
    public TestBroker broker() {
        if (broker == null) {
            throw new IllegalStateException("there is a broker only while a test runs");
        }
        return broker;
    }

    /** A proxy in front of the broker, made at the first call and without faults; it ends with the test. */
    public FaultProxy proxy() {
        if (proxy == null) {
            proxy = FaultProxy.to(broker().host(), broker().port());
        }
        return proxy;
    }

    /** What a client connects to. */
    public String uri() {
        return broker().uri();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        wholeClass = true;
        broker = builder.start();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (wholeClass) {
            broker().goOnline();
            broker().silent(false);
            broker().refuseConnects(0);
            broker().restart(false);
            broker().forget();
        } else {
            broker = builder.start();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (proxy != null) {
            proxy.close();
            proxy = null;
        }
        if (!wholeClass) {
            end();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        end();
    }

    private void end() {
        if (broker != null) {
            broker.close();
            broker = null;
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == TestBroker.class || type == FaultProxy.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (broker == null) {
            throw new ParameterResolutionException(
                    "a broker for the constructor needs the extension in a static field");
        }
        return parameter.getParameter().getType() == TestBroker.class ? broker() : proxy();
    }
}
