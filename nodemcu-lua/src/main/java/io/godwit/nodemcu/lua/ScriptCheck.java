package io.godwit.nodemcu.lua;

import io.godwit.nodemcu.Profile;
import io.godwit.nodemcu.lua.device.FlashImage;
import io.godwit.nodemcu.lua.module.FirmwareModules;
import io.godwit.nodemcu.lua.module.Modules;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaLimits;
import io.godwit.nodemcu.lua.vm.LuaMachine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads scripts without running them and lists what they need and do not get here: syntax errors, modules and functions
 * that the device has and this host lacks, files that are required but not there.
 */
public final class ScriptCheck {

    private static final Pattern NAME =
            Pattern.compile("(?<![\\w.:])([a-z][a-z0-9_]*)((?:\\s*\\.\\s*[A-Za-z_][A-Za-z0-9_]*)+)");
    private static final Pattern LOCAL = Pattern.compile("\\b(?:local\\s+|function\\s*\\(|,\\s*)([a-z][a-z0-9_]*)\\b");
    private static final Pattern FILE = Pattern.compile("\\b(require|dofile|loadfile)\\s*\\(?\\s*[\"']([^\"']+)[\"']");

    private static final String FIRMWARE = "the firmware ";

    /** The first byte of a compiled file. */
    private static final byte BINARY = 0x1B;

    private ScriptCheck() {}

    /**
     * One thing that a script will not get.
     *
     * @param line from 1
     */
    public record Finding(String file, int line, String text) {
        @Override
        public String toString() {
            return file + ":" + line + ": " + text;
        }
    }

    /** Looks through all Lua files of an image, in the order of their names, for what this host lacks. */
    public static List<Finding> check(FlashImage image) {
        return check(image, Profile.ESP32, false);
    }

    /** Looks through all Lua files of an image for what the firmware of a profile, or this host, lacks. */
    public static List<Finding> check(FlashImage image, Profile profile) {
        return check(image, profile, true);
    }

    /** The profile whose firmware lacks the fewest of the functions that the scripts use; of several the first. */
    public static Profile guess(FlashImage image) {
        Profile best = Profile.ESP32;
        int least = Integer.MAX_VALUE;
        for (Profile profile : List.of(Profile.ESP32, Profile.ESP8266_3_0, Profile.ESP8266_2_2, Profile.ESP8266_1_5)) {
            int lacks = (int) check(image, profile, true).stream()
                    .filter(finding -> finding.text().startsWith(FIRMWARE))
                    .count();
            if (lacks < least) {
                least = lacks;
                best = profile;
            }
        }
        return best;
    }

    private static List<Finding> check(FlashImage image, Profile profile, boolean firmware) {
        Modules modules = new Modules(profile);
        List<Finding> findings = new ArrayList<>();
        try (LuaMachine machine = new LuaMachine(
                ScriptCheck.class,
                new LuaMachine.Environment(modules, line -> {}, name -> null, new Random(0)),
                LuaLimits.DEFAULT)) {
            for (String name : image.names()) {
                byte[] source = image.get(name);
                if (source == null || !name.endsWith(".lua") && !name.endsWith(".lc")) {
                    continue;
                }
                if (name.endsWith(".lc") && source.length > 0 && source[0] == BINARY) {
                    checkCompiled(name, image, findings);
                    continue;
                }
                String problem = machine.check(source, "@" + name);
                if (problem != null) {
                    findings.add(syntaxError(name, problem));
                }
                scan(name, source, image, modules, firmware ? profile : null, findings);
            }
        }
        return findings;
    }

    private static void checkCompiled(String name, FlashImage image, List<Finding> findings) {
        String uncompiled = name.substring(0, name.length() - 3) + ".lua";
        if (image.get(uncompiled) == null) {
            findings.add(new Finding(
                    name, 1, name + " was compiled elsewhere and does not run here: put " + uncompiled + " beside it"));
        }
    }

    private static Finding syntaxError(String name, String problem) {
        Matcher place = Pattern.compile("^.*?:(\\d+): (.*)$", Pattern.DOTALL).matcher(problem);
        return place.matches()
                ? new Finding(name, Integer.parseInt(place.group(1)), place.group(2))
                : new Finding(name, 1, problem);
    }

    private static void scan(
            String name,
            byte[] source,
            FlashImage image,
            Modules modules,
            @Nullable Profile firmware,
            List<Finding> findings) {
        String text = new String(source, StandardCharsets.ISO_8859_1);
        String code = withoutCommentsAndStrings(text);
        Set<String> locals = new TreeSet<>();
        Matcher declared = LOCAL.matcher(code);
        while (declared.find()) {
            locals.add(declared.group(1));
        }
        Set<String> reported = new TreeSet<>();
        Matcher used = NAME.matcher(code);
        while (used.find()) {
            String module = used.group(1);
            String path = used.group(2).replaceAll("\\s", "");
            if (locals.contains(module) && !Modules.names().contains(module) || !reported.add(module + path)) {
                continue;
            }
            String problem = missing(module, path.substring(1).split("\\."), modules);
            boolean known = Modules.names().contains(module) || Modules.isMissing(module);
            if (firmware != null && known && !FirmwareModules.hasFunction(firmware, module + path)) {
                findings.add(new Finding(
                        name, lineOf(code, used.start()), FIRMWARE + firmware + " has no '" + module + path + "'"));
            } else if (problem != null) {
                findings.add(new Finding(name, lineOf(code, used.start()), problem));
            }
        }
        Matcher file = FILE.matcher(text);
        while (file.find()) {
            String wanted = file.group(2);
            boolean there = file.group(1).equals("require")
                    ? image.get(wanted + ".lua") != null
                            || image.get(wanted + ".lc") != null
                            || modules.apply(wanted) != null
                    : image.get(wanted) != null || image.get(wanted.replaceAll("\\.lc$", ".lua")) != null;
            if (!there && code.charAt(file.start()) != ' ') {
                findings.add(new Finding(
                        name,
                        lineOf(text, file.start()),
                        file.group(1) + " needs '" + wanted + "', which is not in the folder"));
            }
        }
    }

    private static @Nullable String missing(String module, String[] path, Modules modules) {
        if (Modules.isMissing(module)) {
            return "this host has no module '" + module + "' (" + module + "." + path[0] + ")";
        }
        LuaLibrary library = modules.apply(module);
        StringBuilder name = new StringBuilder(module);
        for (String key : path) {
            if (library == null || library.isOpen()) {
                return null;
            }
            name.append('.').append(key);
            if (!library.names().contains(key)) {
                return "'" + name + "' is not in this host";
            }
            library = library.nested(key);
        }
        return null;
    }

    private static int lineOf(String text, int position) {
        int line = 1;
        for (int i = 0; i < position; i++) {
            if (text.charAt(i) == '\n') {
                line++;
            }
        }
        return line;
    }

    /** Blanks out what is not code, keeping every position. */
    private static String withoutCommentsAndStrings(String text) {
        char[] code = text.toCharArray();
        int i = 0;
        while (i < code.length) {
            int end = i + 1;
            boolean comment = text.startsWith("--", i);
            int open = comment ? i + 2 : i;
            int level = longBracket(text, open);
            if (level >= 0) {
                int close = text.indexOf("]" + "=".repeat(level) + "]", open);
                end = close < 0 ? code.length : close + level + 2;
            } else if (comment) {
                int newline = text.indexOf('\n', i);
                end = newline < 0 ? code.length : newline;
            } else if (code[i] == '"' || code[i] == '\'') {
                end = i + 1;
                while (end < code.length && text.charAt(end) != text.charAt(i)) {
                    end += text.charAt(end) == '\\' ? 2 : 1;
                }
                end = Math.min(code.length, end + 1);
            } else {
                i++;
                continue;
            }
            for (int k = i; k < end; k++) {
                if (code[k] != '\n') {
                    code[k] = ' ';
                }
            }
            i = end;
        }
        return new String(code);
    }

    /** The level of a long bracket that opens at a position, or -1. */
    private static int longBracket(String text, int at) {
        if (at >= text.length() || text.charAt(at) != '[') {
            return -1;
        }
        int i = at + 1;
        while (i < text.length() && text.charAt(i) == '=') {
            i++;
        }
        return i < text.length() && text.charAt(i) == '[' ? i - at - 1 : -1;
    }
}
