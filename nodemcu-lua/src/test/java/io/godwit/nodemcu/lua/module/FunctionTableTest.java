package io.godwit.nodemcu.lua.module;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.nodemcu.Profile;
import io.godwit.nodemcu.lua.device.SensorNames;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** docs/nodemcu-modules.md is generated from the code; {@code -Dtables.write=true} writes it. */
class FunctionTableTest {

    private static final Path FILE = Path.of("../docs/nodemcu-modules.md");
    private static final List<Profile> PROFILES =
            List.of(Profile.ESP32, Profile.ESP8266_1_5, Profile.ESP8266_2_2, Profile.ESP8266_3_0);

    @Test
    void the_function_tables_are_those_of_the_code() throws Exception {
        List<String> lines = tables();
        if (Boolean.getBoolean("tables.write")) {
            Files.write(FILE, lines);
        }

        assertThat(Files.readAllLines(FILE))
                .as("run with -Dtables.write=true to update %s", FILE)
                .isEqualTo(lines);
    }

    private static List<String> tables() {
        List<String> lines = new ArrayList<>(List.of(
                "# Modules, functions and sensors",
                "",
                "Generated from the code. Every profile has every function here; the columns say which firmware has it,",
                "by its documentation.",
                "",
                "- **works**: as on the device, for real or simulated",
                "- **fixed**: does nothing, or always returns the same value",
                "- **missing**: raises an error that names it",
                ""));
        Modules modules = new Modules(Profile.ESP32);
        for (String name : Modules.names()) {
            LuaLibrary library = modules.apply(name);
            if (library != null) {
                table(name, library, lines);
            }
        }
        lines.add("## Sensors");
        lines.add("");
        lines.add("| name | unit | reads, if nothing sets it | read by |");
        lines.add("| --- | --- | --- | --- |");
        for (SensorNames.Kind kind : SensorNames.kinds()) {
            lines.add("| `" + kind.pattern() + "` | " + kind.unit() + " | " + (float) kind.absent() + " | "
                    + kind.module() + " |");
        }
        return lines;
    }

    private static void table(String name, LuaLibrary library, List<String> lines) {
        lines.add("## " + name);
        lines.add("");
        if (library.isOpen()) {
            lines.add("Every function exists; what is drawn is recorded.");
            lines.add("");
        }
        List<String> rows = new ArrayList<>();
        rows(name, library, rows);
        if (rows.isEmpty()) {
            return;
        }
        lines.add("| function | here | esp32 | esp8266-1.5 | esp8266-2.2 | esp8266-3.0 |");
        lines.add("| --- | --- | --- | --- | --- | --- |");
        lines.addAll(rows);
        lines.add("");
    }

    private static void rows(String name, LuaLibrary library, List<String> rows) {
        for (Map.Entry<String, LuaLibrary.Support> function :
                library.functions().entrySet()) {
            String whole = name + "." + function.getKey();
            StringBuilder row = new StringBuilder("| `" + whole + "` | ");
            row.append(
                    switch (function.getValue()) {
                        case WORKS -> "works";
                        case FIXED -> "fixed";
                        case MISSING -> "missing";
                    });
            for (Profile profile : PROFILES) {
                row.append(FirmwareModules.hasFunction(profile, whole) ? " | yes" : " | -");
            }
            rows.add(row.append(" |").toString());
        }
        library.nested().forEach((key, nested) -> rows(name + "." + key, nested, rows));
    }
}
