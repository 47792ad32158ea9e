package io.godwit.cli.options;

import io.godwit.cli.output.PayloadStyle;
import picocli.CommandLine.Option;

/** {@code --payload}: how payloads are shown. */
public final class PayloadStyleOption {
    @Option(
            names = "--payload",
            paramLabel = "STYLE",
            description = "Show payloads as: ${COMPLETION-CANDIDATES}. [${DEFAULT-VALUE}]")
    private PayloadStyle style = PayloadStyle.auto;

    public PayloadStyle style() {
        return style;
    }
}
