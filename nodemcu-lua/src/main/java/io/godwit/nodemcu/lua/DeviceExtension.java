package io.godwit.nodemcu.lua;

import io.godwit.mqtt.broker.LocalBroker;
import io.godwit.nodemcu.MqttSettings;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.DeviceListener;
import io.godwit.nodemcu.lua.device.OnError;
import io.godwit.nodemcu.lua.device.VirtualClock;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.testkit.BrokerJournal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Makes the parameters of a test with a {@link GodwitDevice}: the device, and its {@link DeviceTest}, clock and broker. */
final class DeviceExtension implements ParameterResolver, AfterEachCallback {

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(DeviceExtension.class);

    DeviceExtension() {}

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Device.class && parameter.isAnnotated(GodwitDevice.class)
                || type == DeviceTest.class
                || type == VirtualClock.class
                || type == LocalBroker.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        GodwitDevice declared = declaration(parameter);
        ExtensionContext.Store store = context.getStore(NAMESPACE);
        TestDevice made = store.get("stage", TestDevice.class);
        if (made == null) {
            made = new TestDevice(declared);
            store.put("stage", made);
        }
        DeviceTest test = made.test;
        if (type == Device.class) {
            return test.device();
        }
        if (type == VirtualClock.class) {
            return test.clock();
        }
        return type == LocalBroker.class ? test.broker() : test;
    }

    private static GodwitDevice declaration(ParameterContext parameter) {
        for (var candidate : parameter.getDeclaringExecutable().getParameters()) {
            GodwitDevice declared = candidate.getAnnotation(GodwitDevice.class);
            if (declared != null) {
                return declared;
            }
        }
        throw new ParameterResolutionException("no parameter of the test has @GodwitDevice");
    }

    @Override
    public void afterEach(ExtensionContext context) {
        TestDevice made = context.getStore(NAMESPACE).remove("stage", TestDevice.class);
        if (made != null) {
            made.end();
        }
    }

    /** One test's device. */
    private static final class TestDevice {
        private final List<String> lines = new ArrayList<>();
        private final BrokerJournal journal = new BrokerJournal();
        private final Host host;
        private final DeviceTest test;

        TestDevice(GodwitDevice declared) {
            HostOptions options = HostOptions.of(Path.of(declared.value()))
                    .virtual(true)
                    .seed(declared.seed())
                    .brokerListener(journal)
                    .onError(OnError.FAIL)
                    .scenario(declared.scenario().isEmpty() ? null : Path.of(declared.scenario()))
                    .mqtt(MqttSettings.defaults()
                            .withVersion(MqttSettings.versionOf(declared.version()))
                            .withProfile(declared.profile()));
            try {
                host = Host.start(options, new DeviceListener() {
                    @Override
                    public void printed(Device device, byte[] line) {
                        lines.add(new String(line, StandardCharsets.UTF_8));
                    }
                });
            } catch (IOException e) {
                throw new ParameterResolutionException("the device cannot start: " + e.getMessage(), e);
            }
            test = new DeviceTest(
                    (VirtualClock) host.clock(),
                    Objects.requireNonNull(host.localBroker()),
                    journal,
                    host.devices().get(0),
                    lines);
        }

        void end() {
            @Nullable LuaError failure = test.device().failure();
            List<String> violations = journal.violations();
            host.close();
            if (failure != null) {
                throw new AssertionError("the script failed: " + failure.traceback());
            }
            if (!violations.isEmpty()) {
                throw new AssertionError("against the standard: " + violations);
            }
        }
    }
}
