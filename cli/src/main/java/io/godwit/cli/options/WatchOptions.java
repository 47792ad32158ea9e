package io.godwit.cli.options;

import io.godwit.web.decode.DecodeRule;
import io.godwit.web.decode.Decoding;
import io.godwit.web.model.MemoryBudget;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the commands that keep a topic tree have in common: its memory and its decoders. */
public final class WatchOptions {
    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = MemorySize.class,
            description = "How much topics and their history may take, for all brokers together. [256m]")
    private long memory = 256L << 20;

    @Mixin
    private DecodeOptions decode = new DecodeOptions();

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
     * The decoders, with the rules of the options before the usual ones: Sparkplug's topics, else JSON.
     *
     * @throws IllegalArgumentException if a rule or a descriptor set is invalid
     */
    public Decoding decoding() {
        return decode.decoding(DecodeRule.usual());
    }
}
