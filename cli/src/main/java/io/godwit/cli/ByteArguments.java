package io.godwit.cli;

import io.godwit.cli.options.RawText;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Keeps bytes that are not UTF-8 to the arguments that may hold any bytes: payloads, passwords, commands of the shell. */
final class ByteArguments {
    private static final Set<String> ANY_BYTES =
            Set.of("--message", "--password", "--will-payload", "--property", "--exec", "--password-command");

    private ByteArguments() {}

    /**
     * Checks what was parsed.
     *
     * @throws ParameterException if another argument is not valid UTF-8
     */
    static void check(ParseResult parsed) {
        for (CommandLine command : parsed.asCommandLineList()) {
            for (ArgSpec argument : command.getParseResult().matchedArgs()) {
                boolean takesBytes = argument instanceof OptionSpec option && ANY_BYTES.contains(option.longestName());
                if (!takesBytes && !argument.originalStringValues().stream().allMatch(RawText::isUtf8)) {
                    String name = argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
                    throw new ParameterException(command, name + " is not valid UTF-8");
                }
            }
        }
    }
}
