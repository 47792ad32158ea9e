package io.godwit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.tngtech.archunit.core.domain.JavaClass;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Command;

/**
 * The metadata for GraalVM's native images in our jars: what it names exists, and what must be named is. Netty, JLine and
 * picocli bring their own.
 */
class NativeImageTest {
    private static final String FOLDER = "META-INF/native-image/";

    /** A class that may be looked into, with members that must exist. */
    private record Named(String type, List<String> fields, List<String> methods) {}

    private static List<Named> read(String module) throws IOException {
        List<Named> all = new ArrayList<>();
        try (InputStream in = NativeImageTest.class.getClassLoader().getResourceAsStream(FOLDER + module)) {
            assertThat(in).as(module).isNotNull();
            try (JsonParser json = new JsonFactory().createParser(in)) {
                Deque<String> around = new ArrayDeque<>();
                String member = "";
                for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                    switch (token) {
                        case START_OBJECT -> around.push(member);
                        case END_OBJECT -> around.pop();
                        case FIELD_NAME -> member = json.currentName();
                        case START_ARRAY -> around.push(member);
                        case END_ARRAY -> {
                            around.pop();
                            member = "";
                        }
                        case VALUE_STRING -> take(all, around, member, json.getText());
                        default -> {}
                    }
                }
            }
        }
        return all;
    }

    private static void take(List<Named> all, Deque<String> around, String member, String text) {
        if (!member.equals("name")) {
            return;
        }
        if (around.contains("fields")) {
            all.get(all.size() - 1).fields.add(text);
        } else if (around.contains("methods")) {
            all.get(all.size() - 1).methods.add(text);
        } else {
            all.add(new Named(text, new ArrayList<>(), new ArrayList<>()));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.godwit/godwit-client/reflect-config.json",
                "io.godwit/godwit-broker/reflect-config.json",
                "io.godwit/godwit-testkit/reflect-config.json",
                "io.godwit/godwit-cli/reflect-config.json",
                "picocli-generated/io.godwit/godwit-cli/reflect-config.json"
            })
    void everything_named_exists(String file) throws Exception {
        List<Named> all = read(file);
        assertThat(all).isNotEmpty();
        for (Named named : all) {
            Class<?> type = Class.forName(named.type, false, getClass().getClassLoader());
            assertThat(Arrays.stream(type.getDeclaredFields()).map(each -> each.getName()))
                    .as(named.type)
                    .containsAll(named.fields);
            List<String> methods = Stream.concat(
                            Arrays.stream(type.getDeclaredMethods()).map(Method::getName), Stream.of("<init>"))
                    .toList();
            if (!named.type.startsWith("java.")) { // which may be of a newer Java than this
                assertThat(methods).as(named.type).containsAll(named.methods);
            }
        }
    }

    @Test
    void each_channel_handler_is_named_because_Netty_uses_reflection_on_it() throws IOException {
        List<String> named = new ArrayList<>();
        for (String module : List.of("client", "broker", "testkit", "web", "cli")) {
            read("io.godwit/godwit-" + module + "/reflect-config.json").forEach(each -> named.add(each.type));
        }
        assertThat(productionClasses(ChannelHandler.class.getName()))
                .isNotEmpty()
                .allMatch(named::contains);
    }

    @Test
    void each_class_of_Netty_that_the_startup_check_looks_for_is_named() throws IOException {
        List<String> named = read("io.godwit/godwit-client/reflect-config.json").stream()
                .map(Named::type)
                .toList();
        Path sources = Codebase.ROOT.resolve("client/src/main/java/io/godwit/mqtt/client/transport/netty");
        List<String> lookedFor = new ArrayList<>();
        for (String source : List.of("NettyVersions.java", "NettyTransport.java")) {
            Pattern.compile("\"(io\\.netty\\.[\\w.]+)\"")
                    .matcher(Files.readString(sources.resolve(source)))
                    .results()
                    .forEach(match -> lookedFor.add(match.group(1)));
        }
        assertThat(lookedFor).contains("io.netty.util.Version").allMatch(named::contains);
    }

    @Test
    void each_command_is_named() throws IOException {
        List<String> named = read("picocli-generated/io.godwit/godwit-cli/reflect-config.json").stream()
                .map(Named::type)
                .toList();
        List<String> commands = Codebase.production().stream()
                .filter(type -> type.getPackageName().startsWith("io.godwit.cli"))
                .filter(type -> type.isAnnotatedWith(Command.class))
                .map(JavaClass::getName)
                .toList();
        assertThat(commands).contains("io.godwit.cli.PubCommand").allMatch(named::contains);
    }

    private static List<String> productionClasses(String parent) {
        return Codebase.production().stream()
                .filter(type -> type.isAssignableTo(parent))
                .filter(type -> !type.getPackageName().startsWith("io.godwit.simulation"))
                .map(JavaClass::getName)
                .collect(Collectors.toList());
    }

    @Test
    void the_resources_exist() {
        for (String name : List.of("patterns.lua", "prelude.lua")) {
            assertThat(getClass().getClassLoader().getResource("io/godwit/nodemcu/lua/vm/" + name))
                    .isNotNull();
        }
        assertThat(getClass()
                        .getClassLoader()
                        .getResource(FOLDER + "io.godwit/godwit-nodemcu-lua/resource-config.json"))
                .isNotNull();
    }
}
