package io.godwit.compatibility;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.mqtt.protocol.Message;
import io.godwit.mqtt.protocol.Qos;
import io.godwit.testkit.TestBroker;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application with the library in its WEB-INF is deployed, loses its connection, recovers and is stopped: nothing of it stays. */
class RedeploymentTest {
    private static final int REDEPLOYMENTS = 10;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Threads that are idle longer end too; these have been told to. */
    private static final Duration SOON = Duration.ofSeconds(5);

    /** Parts of the paths of what is packed into the application. */
    private static final List<String> PACKED = List.of(
            "tomcat/target/classes",
            "tomcat-netty-4.1/target/classes",
            "client",
            "protocol",
            "codec",
            "netty",
            "slf4j",
            "jspecify");

    @TempDir
    private Path folder;

    /** Tomcat starts and stops applications on threads of its own, which live on. */
    private final ExecutorService server = Executors.newSingleThreadExecutor();

    @AfterEach
    void stop() {
        server.shutdownNow();
    }

    @Test
    void ten_redeployments_leave_no_class_loader_and_no_thread() throws Exception {
        assertEquals(System.getProperty("netty.line"), NettyInUse.line());
        Path application = packApplication();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(folder.resolve("tomcat").toString());
        tomcat.setPort(0);
        try (TestBroker broker = TestBroker.start()) {
            tomcat.start();
            List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
            for (int i = 0; i < REDEPLOYMENTS; i++) {
                loaders.add(server.submit(() -> deployAndStop(tomcat, application, broker))
                        .get(60, TimeUnit.SECONDS));
            }

            await("all threads have ended", SOON, () -> threads("godwit").isEmpty());
            useAnotherRecord();
            await("class loaders are collected", LIMIT, () -> {
                System.gc();
                return loaders.stream().allMatch(loader -> loader.get() == null);
            });
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    private static WeakReference<ClassLoader> deployAndStop(Tomcat tomcat, Path application, TestBroker broker)
            throws Exception {
        Context context = new StandardContext();
        context.setName("/heating");
        context.setPath("/heating");
        context.setDocBase(application.toString());
        context.addLifecycleListener(new Tomcat.FixContextListener());
        context.addParameter("broker", broker.uri());
        context.addApplicationListener("io.godwit.compatibility.HeatingListener");
        try {
            tomcat.getHost().addChild(context);
            ClassLoader loader = context.getLoader().getClassLoader();
            assertTrue(context.getState().isAvailable(), "the application has started");
            assertNotSame(
                    io.godwit.mqtt.client.MqttClient.class,
                    loader.loadClass("io.godwit.mqtt.client.MqttClient"),
                    "the application has a library of its own");
            answers(broker, "20.5");
            broker.restart(false);
            broker.awaitSubscribed("heating", "heating/set", LIMIT);
            answers(broker, "22.5");
            return new WeakReference<>(loader);
        } finally {
            context.stop();
            tomcat.getHost().removeChild(context);
            context.destroy();
        }
    }

    private static void answers(TestBroker broker, String degrees) {
        broker.forget();
        broker.publish(Message.of("heating/set", degrees).withQos(Qos.EXACTLY_ONCE));
        broker.awaitMessage(
                seen -> seen.message().topic().equals("heating/target")
                        && seen.message().text().equals(degrees),
                LIMIT);
    }

    /** The JDK keeps the component types of the record whose methods were linked last, and with them one class loader. */
    private static void useAnotherRecord() {
        record Another(Thread.State state, Qos qos) {}
        Another another = new Another(Thread.State.NEW, Qos.AT_MOST_ONCE);
        assertEquals(another, new Another(Thread.State.NEW, Qos.AT_MOST_ONCE));
        assertEquals(another.hashCode(), new Another(another.state(), another.qos()).hashCode());
        assertTrue(another.toString().contains("NEW"));
    }

    private static List<String> threads(String start) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith(start))
                .toList();
    }

    private static void await(String what, Duration limit, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "timed out waiting until " + what);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /** WEB-INF with what the class path of this test has: jars, or folders with classes. */
    private Path packApplication() throws IOException {
        Path root = folder.resolve("application");
        Path lib = Files.createDirectories(root.resolve("WEB-INF/lib"));
        Path classes = Files.createDirectories(root.resolve("WEB-INF/classes"));
        for (String element : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(element);
            String name = element.replace(File.separatorChar, '/');
            if (PACKED.stream().noneMatch(name::contains)
                    || name.contains("test-classes")
                    || name.contains("testkit")) {
                continue;
            }
            if (Files.isDirectory(path)) {
                copy(path, classes);
            } else {
                Files.copy(path, lib.resolve(path.getFileName()));
            }
        }
        return root;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            files.filter(Files::isRegularFile).forEach(file -> {
                Path target = to.resolve(from.relativize(file).toString());
                try {
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
