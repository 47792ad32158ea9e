package io.godwit.cli.manual;

/** How the shells find the names of connections, which come before a command: from the file itself, without starting Java. */
final class NamesOfConnections {
    /** Prints {@code @NAME} for each connection, one a line. The file is in {@code $file}. */
    private static final String LIST = "sed -n 's/^\\[\\([A-Za-z0-9_-]*\\)\\].*/@\\1/p'";

    private NamesOfConnections() {}

    /** A function of a POSIX shell. */
    static String function() {
        return "_godwit_names() {\n    " + LIST
                + " \"${XDG_CONFIG_HOME:-$HOME/.config}/godwit/connections.toml\" 2>/dev/null\n}\n\n";
    }

    /** Puts a function before that of picocli, {@code _complete_NAME}, which offers the names and hides one that was typed. */
    static String wrapped(String name, String script) {
        String original = "_complete_" + name;
        return script.replace("function " + original + "()", "function _" + name + "_words()")
                + "\n# A named connection, such as @plant, may come before the command.\n"
                + function()
                + String.join(
                        "\n",
                        original + "() {",
                        "    local line=${COMP_LINE:0:COMP_POINT} current words",
                        "    current=${line##*[[:space:]]}",
                        "    read -r -a words <<<\"$line\"",
                        "    if [[ $current == @* && ${#words[@]} -eq 2 ]]; then",
                        "        mapfile -t COMPREPLY < <(compgen -W \"$(_godwit_names)\" -- \"$current\")",
                        "        [[ $COMP_WORDBREAKS != *@* ]] || COMPREPLY=(\"${COMPREPLY[@]#@}\")",
                        "        return",
                        "    fi",
                        "    if [[ ${words[1]-} == @* ]]; then",
                        "        words=(\"${words[0]}\" \"${words[@]:2}\")",
                        "        [[ -n $current ]] || words+=(\"\")",
                        "        COMP_WORDS=(\"${words[@]}\")",
                        "        COMP_CWORD=$((${#words[@]} - 1))",
                        "        COMP_LINE=${words[*]}",
                        "        COMP_POINT=${#COMP_LINE}",
                        "    fi",
                        "    _" + name + "_words",
                        "}",
                        "");
    }

    /** Functions of fish: the names, and whether the command is still to come. */
    static String fish() {
        return String.join(
                "\n",
                "function __godwit_names",
                "    set -l folder $XDG_CONFIG_HOME",
                "    test -n \"$folder\"; or set folder $HOME/.config",
                "    " + LIST + " $folder/godwit/connections.toml 2>/dev/null",
                "end",
                "function __godwit_needs_command",
                "    for word in (commandline -opc)[2..-1]",
                "        string match -qr '^[@-]' -- $word; or return 1",
                "    end",
                "end",
                "function __godwit_needs_connection",
                "    test (count (commandline -opc)) -eq 1",
                "end",
                "");
    }
}
