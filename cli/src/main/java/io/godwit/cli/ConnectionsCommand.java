package io.godwit.cli;

import io.godwit.cli.options.JsonOption;
import io.godwit.cli.output.ExitCodes;
import io.godwit.cli.output.Terminal;
import io.godwit.web.json.Json;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the connections that have names. */
@Command(
        name = "connections",
        description = {
            "List the named connections of ~/.config/godwit/connections.toml.",
            "A connection's name goes before the command, as in: godwit @plant sub -t '#'."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  godwit connections", "  godwit @plant doctor                 check the one named plant"})
final class ConnectionsCommand implements Callable<Integer> {
    @Mixin
    private JsonOption json = new JsonOption("A line of JSON for each.");

    private final Terminal terminal;

    ConnectionsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        NamedConnections connections = NamedConnections.ofUser();
        for (String name : connections.names()) {
            Map<String, List<String>> options = connections.options(name);
            String address = String.join(", ", options.getOrDefault("--host", List.of("localhost")));
            String user = String.join("", options.getOrDefault("--username", List.of()));
            boolean read = terminal.line(
                    json.isOn()
                            ? Json.object(out -> {
                                out.writeStringField("name", name);
                                out.writeStringField("address", address);
                                if (!user.isEmpty()) {
                                    out.writeStringField("username", user);
                                }
                            })
                            : String.format("%-20s %s%s", "@" + name, address, user.isEmpty() ? "" : ", as " + user));
            if (!read) {
                return ExitCodes.OUTPUT_CLOSED;
            }
        }
        return ExitCodes.OK;
    }
}
