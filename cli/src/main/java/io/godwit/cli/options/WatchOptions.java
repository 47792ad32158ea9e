package io.godwit.cli.options;

import io.godwit.web.decode.DecodeRule;
import io.godwit.web.decode.Decoding;
import io.godwit.web.decode.DescriptorSet;
import io.godwit.web.model.MemoryBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What the commands that keep a topic tree have in common: its memory and its decoders. */
public final class WatchOptions {
    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = MemorySize.class,
            description = "How much topics and their history may take, for all brokers together. [256m]")
    private long memory = 256L << 20;

    @Option(
            names = "--decode",
            paramLabel = "FILTER=DECODER",
            description = {
                "Decode the payloads of these topics as json, text, hex, cbor, msgpack, sparkplug, image or",
                "protobuf:TYPE. Repeated: the first that matches counts. [Sparkplug's topics, else json]"
            })
    private List<String> rules = new ArrayList<>();

    @Option(
            names = "--proto-set",
            paramLabel = "FILE",
            description = "A descriptor set of protoc --include_imports --descriptor_set_out, for protobuf:TYPE.")
    private List<Path> descriptors = new ArrayList<>();

    public MemoryBudget budget() {
        return new MemoryBudget(memory);
    }

    /** What the heap lacks for the memory that was asked for, as a line for people; empty if it suffices. */
    public String tooLittleHeap() {
        long heap = Runtime.getRuntime().maxMemory();
        return heap >= memory + memory / 4 + (64 << 20)
                ? ""
                : "--memory asks for " + (memory >> 20) + " MB, but Java has a heap of " + (heap >> 20)
                        + " MB: set GODWIT_OPTS=-Xmx" + ((memory + memory / 2 >> 20) + 128) + "m";
    }

    /**
     * The decoders, with the rules of the options before the usual ones.
     *
     * @throws IllegalArgumentException if a rule or a descriptor set is invalid
     */
    public Decoding decoding() throws IOException {
        Decoding decoding = Decoding.usual();
        for (Path file : descriptors) {
            decoding = decoding.withDescriptors(
                    DescriptorSet.read(String.valueOf(file.getFileName()), Files.readAllBytes(file)));
        }
        List<DecodeRule> all = new ArrayList<>();
        rules.forEach(rule -> all.add(DecodeRule.parse(rule)));
        all.addAll(decoding.rules());
        return decoding.withRules(all);
    }
}
