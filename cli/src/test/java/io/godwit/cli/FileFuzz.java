package io.godwit.cli;

import io.godwit.cli.bridge.BridgeRules;
import io.godwit.cli.simulate.FleetFiles;
import io.godwit.nodemcu.lua.device.Scenario;
import io.godwit.web.model.MemoryBudget;
import io.godwit.web.source.Source;
import io.godwit.web.source.SourceState;
import io.godwit.web.source.Sources;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Reads files that were damaged or written by somebody hostile: valid ones of each kind with bytes and whole tokens changed, repeated,
 * nested without end.
 *
 * <p>A file is read, or it is refused with a sentence that says what is wrong, within five seconds. Everything else is a finding.
 */
final class FileFuzz {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int MOST_CHANGES = 6;
    private static final int DEEP = 20_000;

    /** Reads a file. */
    private interface Reading {
        void read(Path file) throws Exception;
    }

    /** The kinds of files that users get from others. */
    enum Kind {
        BRIDGE("bridge.toml", BridgeRules::read, """
                [[topic]]
                filter = "plant/#"
                direction = "both"
                a = "site/"
                b = 'x/'
                qos = 1

                [[topic]]
                filter = "office/+/light"
                direction = "a-to-b"
                """),
        CONNECTIONS("connections.toml", FileFuzz::readConnections, """
                [plant]
                address = "mqtts://plant.example:8883"
                username = "me"
                password-env = "PW"
                cafile = '/etc/ca.pem'
                keepalive = 30
                insecure = false
                header = ["A: 1", "B: 2"]
                """),
        FLEET("fleet.yaml", FleetFiles::read, """
                count: 20
                ramp: 10s
                duration: 1m
                client-id: meter-${index}
                keep-alive: 30s
                will: {topic: "meter/${index}/state", payload: gone, qos: 1, retain: true}
                publish:
                  - topic: meter/${index}/power
                    payload: '{"watt": ${random 0..3000}, "at": "${time}"}'
                    qos: 1
                    every: 5s
                    jitter: 500ms
                commands:
                  - topic: meter/${index}/set
                    delay: 100ms
                    reply: {topic: "meter/${index}/is", payload: ok}
                faults:
                  skip: 1%
                  offline: {every: 30s, for: 5s}
                """),
        IDENTITIES("devices.csv", FleetFiles::readIdentities, """
                id,user,password
                m1,one,"a ""quoted"" word"
                m2,two,secret
                """),
        SCENARIO("day.scenario", Scenario::read, """
                dht.4.temperature = walk 18..25 step 0.2 every 10s
                adc.0 = sine 200..800 period 1m
                ow.28ff641e8c160495 = constant 20
                bme280 = none
                wifi ip 192.168.1.20
                http GET http://api.example/time?* = 200 {"hour":7}
                at 30s press gpio.3 for 200ms
                every 5m press gpio.3 for 200ms
                at 60s wifi lost
                at 6m serial hello\\n
                """),
        RECORDING("day.jsonl", FileFuzz::readRecording, """
                {"at":0.000,"time":"2026-01-01T00:00:00Z","topic":"plant/a","qos":1,"retain":false,"payload":"21.5"}
                {"at":1.250,"time":"2026-01-01T00:00:01.25Z","topic":"plant/b","qos":0,"retain":true,"payloadBase64":"AP8=",\
                "properties":{"content-type":"text/plain","user-properties":[["a","b"]],"message-expiry-interval":60}}
                {"at":2,"topic":"plant/a","qos":2,"retain":false,"payload":""}
                """);

        private final String file;
        private final Reading reading;
        private final String sample;

        Kind(String file, Reading reading, String sample) {
            this.file = file;
            this.reading = reading;
            this.sample = sample;
        }

        void readSample(Path folder) throws Exception {
            reading.read(Files.writeString(folder.resolve(file), sample));
        }
    }

    private static final List<String> TOKENS = List.of(
            "0",
            "-1",
            "1e999",
            "-0.0",
            "NaN",
            "99999999999999999999999999",
            "9223372036854775807",
            "2147483648",
            "\"",
            "'",
            "\"\"\"",
            "\\u0000",
            "\\ud800",
            "\u001b[2J",
            "\u202e",
            "\0",
            "\r",
            "\n",
            "\t",
            "#",
            "= = ",
            "[[",
            "]]",
            "{",
            "}",
            ": ",
            "- ",
            ",",
            "null",
            "true",
            "[]",
            "{}",
            "&a [*a, *a]",
            "*missing",
            "<<: *a",
            "!!java.net.URL [http://x]",
            "--- !tag\n",
            "${id}",
            "${",
            "${random 9..0}",
            "${random 0..99999999999999999999}",
            "every 0s ",
            "at 99999999999999999999d ",
            "at -1s ",
            "1s",
            "999999999999999d",
            "0..0",
            "25..18",
            "step 0",
            "+/#/+",
            "a/#/b",
            "2026-01-01T00:00:00Z",
            "+1000000000-12-31T23:59:59Z",
            "1e300",
            "csv /nowhere/x.csv column 2",
            "@/nowhere",
            "/dev/null",
            "../../../x");

    private static final List<String> NESTS =
            List.of("[", "{", "{\"a\":", "a.", "- ", "? ", "[{", "((", "\"", "(", "x");

    private final Random random;

    FileFuzz(long seed) {
        random = new Random(seed);
    }

    private static void readConnections(Path file) throws IOException {
        NamedConnections connections = new NamedConnections(
                file.toAbsolutePath().getParent() == null
                        ? Path.of("")
                        : file.toAbsolutePath().getParent());
        connections.names().forEach(connections::options);
    }

    /** As a fleet, and as the page reads it. */
    private static void readRecording(Path file) throws IOException {
        try (Sources sources = new Sources(new MemoryBudget(16 << 20), System::currentTimeMillis)) {
            Source source = sources.get(sources.open(file, false, "fuzz"));
            Awaitility.await()
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> source.info().state() == SourceState.ENDED
                            || source.info().state() == SourceState.FAILED);
        }
        FleetFiles.read(file);
    }

    /** The sample with some changes. */
    byte[] mutated(Kind kind) {
        byte[] bytes = kind.sample.getBytes(StandardCharsets.UTF_8);
        for (int changes = 1 + random.nextInt(MOST_CHANGES); changes > 0; changes--) {
            bytes = change(bytes);
        }
        return bytes;
    }

    private byte[] change(byte[] bytes) {
        int at = random.nextInt(bytes.length + 1);
        int end = Math.min(bytes.length, at + 1 + random.nextInt(30));
        return switch (random.nextInt(9)) {
            case 0 -> flipped(bytes, at);
            case 1 -> joined(bytes, at, new byte[] {(byte) random.nextInt(256)}, Math.min(bytes.length, at + 1));
            case 2 -> joined(bytes, at, new byte[0], end);
            case 3 -> joined(bytes, at, java.util.Arrays.copyOfRange(bytes, at, end), at);
            case 4 -> java.util.Arrays.copyOf(bytes, at);
            case 5 ->
                joined(
                        bytes,
                        at,
                        NESTS.get(random.nextInt(NESTS.size()))
                                .repeat(1 + random.nextInt(random.nextInt(8) == 0 ? DEEP : 8))
                                .getBytes(StandardCharsets.UTF_8),
                        at);
            default -> joined(bytes, at, token(), random.nextBoolean() ? at : wordEnd(bytes, at));
        };
    }

    private byte[] token() {
        return TOKENS.get(random.nextInt(TOKENS.size())).getBytes(StandardCharsets.UTF_8);
    }

    private static int wordEnd(byte[] bytes, int from) {
        int end = from;
        while (end < bytes.length && bytes[end] > ' ') {
            end++;
        }
        return end;
    }

    private byte[] flipped(byte[] bytes, int at) {
        byte[] changed = bytes.clone();
        if (at < bytes.length) {
            changed[at] ^= (byte) (1 << random.nextInt(8));
        }
        return changed;
    }

    private static byte[] joined(byte[] bytes, int at, byte[] middle, int rest) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(bytes, 0, at);
        all.writeBytes(middle);
        all.write(bytes, rest, bytes.length - rest);
        return all.toByteArray();
    }

    /** What is wrong with how a file of these bytes is read; null: nothing. */
    static @Nullable String finding(Kind kind, byte[] bytes, Path folder) throws IOException {
        Path file = Files.write(folder.resolve(kind.file), bytes);
        long start = System.nanoTime();
        String finding = null;
        try {
            kind.reading.read(file);
        } catch (Throwable thrown) {
            finding = isClear(thrown) ? null : trace(thrown);
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        return finding != null ? finding : millis > LIMIT.toMillis() ? "it took " + millis + " ms" : null;
    }

    /** An exception of the reader's own, with a sentence. */
    private static boolean isClear(Throwable thrown) {
        boolean expected = thrown.getClass() == IllegalArgumentException.class
                || thrown instanceof IOException && !(thrown instanceof MalformedInputException);
        return expected && thrown.getMessage() != null && !thrown.getMessage().isBlank();
    }

    private static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        return text.toString().lines().limit(25).reduce("", (all, line) -> all + line + "\n");
    }
}
