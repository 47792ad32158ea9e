package io.godwit.compatibility;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application with the library in its WEB-INF is deployed and stopped: nothing of it stays. */
class RedeploymentTest {
    private static final int REDEPLOYMENTS = 10;

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
                loaders.add(server.submit(() -> deployAndStop(tomcat, application, broker.uri()))
                        .get(60, TimeUnit.SECONDS));
            }

            assertEquals(List.of(), threads("godwit"));
            await("class loaders are collected", () -> {
                System.gc();
                return loaders.stream().allMatch(loader -> loader.get() == null);
            });
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    private static WeakReference<ClassLoader> deployAndStop(Tomcat tomcat, Path application, String broker)
            throws Exception {
        Context context = tomcat.addContext("/heating", application.toString());
        try {
            context.addParameter("broker", broker);
            context.addApplicationListener("io.godwit.compatibility.HeatingListener");
            context.stop(); // it has started without its listener
            context.start();
            ClassLoader loader = context.getLoader().getClassLoader();
            assertTrue(context.getState().isAvailable(), "the application has started");
            assertNotSame(
                    io.godwit.mqtt.client.MqttClient.class,
                    loader.loadClass("io.godwit.mqtt.client.MqttClient"),
                    "the application has a library of its own");
            return new WeakReference<>(loader);
        } finally {
            context.stop();
            tomcat.getHost().removeChild(context);
            context.destroy();
        }
    }

    private static List<String> threads(String start) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith(start))
                .toList();
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
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
