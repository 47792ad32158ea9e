package io.godwit.nodemcu.lua;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.device.Flash;
import io.godwit.nodemcu.lua.device.FlashImage;
import io.godwit.nodemcu.lua.device.OnError;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes a device's flash, and what the device can do to the disk. */
class FlashTest {

    @TempDir
    Path folder;

    @Test
    void a_script_is_flashed_with_what_it_names() throws IOException {
        Path script = Files.writeString(folder.resolve("one.lua"), "require('two') file.open(\"data.txt\")");
        Files.writeString(folder.resolve("two.lua"), "dofile('three.lua')");
        Files.writeString(folder.resolve("three.lua"), "");
        Files.writeString(folder.resolve("data.txt"), "");
        Files.writeString(folder.resolve("unrelated.iso"), "");
        Files.writeString(folder.resolve("godwit.properties"), "");

        FlashImage image = FlashImage.read(script);

        assertThat(image.names()).containsExactly("data.txt", "one.lua", "three.lua", "two.lua");
    }

    @Test
    void a_script_beside_gigabytes_starts_all_the_same() throws IOException {
        Path script = Files.writeString(folder.resolve("one.lua"), "print('runs')");
        try (RandomAccessFile large =
                new RandomAccessFile(folder.resolve("disk.img").toFile(), "rw")) {
            large.setLength(3L << 30);
        }

        assertThat(FlashImage.read(script).names()).containsExactly("one.lua");
        assertThatThrownBy(() -> FlashImage.read(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("holds more than the flash of a board");
    }

    @Test
    void hidden_files_and_the_hosts_settings_are_no_part_of_the_flash() throws IOException {
        Files.writeString(folder.resolve("init.lua"), "");
        Files.writeString(folder.resolve(".secret"), "");
        Files.writeString(folder.resolve("godwit.properties"), "");
        Files.createDirectories(folder.resolve(".git"));
        Files.writeString(folder.resolve(".git/config"), "");

        assertThat(FlashImage.read(folder).names()).containsExactly("init.lua");
    }

    @Test
    void what_the_device_has_written_into_the_folder_is_not_new_to_it() {
        Flash flash = new Flash(image("init.lua", "a", "data", "0", "old", ""));
        flash.write("data", bytes("1"));
        flash.write("log", bytes("x"));
        flash.remove("old");

        assertThat(flash.reflash(image("init.lua", "a", "data", "1", "log", "x")))
                .isFalse();

        assertThat(flash.list()).containsOnlyKeys("data", "init.lua", "log");
        assertThat(flash.reflash(image("init.lua", "a", "data", "0", "log", "x")))
                .isTrue();
        assertThat(flash.read("data")).isEqualTo(bytes("0"));
        assertThat(flash.reflash(image("init.lua", "a", "data", "0"))).isTrue();
        assertThat(flash.exists("log")).isFalse();
    }

    @Test
    void what_the_device_has_written_for_itself_stays_until_a_file_changes() {
        Flash flash = new Flash(image("init.lua", "a", "data", "0"));
        flash.write("data", bytes("1"));
        flash.write("own", bytes("x"));

        assertThat(flash.reflash(image("init.lua", "a", "data", "0"))).isFalse();
        assertThat(flash.read("data")).isEqualTo(bytes("1"));

        assertThat(flash.reflash(image("init.lua", "b", "data", "0"))).isTrue();
        assertThat(flash.read("data")).isEqualTo(bytes("0"));
        assertThat(flash.read("own")).isEqualTo(bytes("x"));
    }

    private static FlashImage image(String... namesAndContents) {
        Map<String, byte[]> files = new HashMap<>();
        for (int i = 0; i < namesAndContents.length; i += 2) {
            files.put(namesAndContents[i], bytes(namesAndContents[i + 1]));
        }
        return FlashImage.of(files);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void links_that_point_outside_are_reported(@TempDir Path outside) throws IOException {
        Path secret = Files.writeString(outside.resolve("secret.txt"), "secret");
        Files.writeString(folder.resolve("init.lua"), "");
        Files.createSymbolicLink(folder.resolve("link.txt"), secret);
        Files.createSymbolicLink(folder.resolve("inside.txt"), folder.resolve("init.lua"));
        Files.createSymbolicLink(folder.resolve("folder"), outside);

        FlashImage image = FlashImage.read(folder);

        assertThat(image.names()).containsExactly("init.lua", "inside.txt");
        assertThat(image.skipped())
                .containsExactlyInAnyOrder(
                        "folder is a link to a folder and not part of the flash",
                        "link.txt is a link that points outside of the folder and is not part of the flash");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".hidden",
                ".git/config",
                "sub/.x",
                "..",
                "../escape",
                "sub/../../escape",
                "godwit.properties",
                "Godwit.Properties",
                "con",
                "a:b",
                "a\\\\b",
                "name ",
                "link.txt",
                "nofolder/x",
                "INIT.lua\\0",
                "\\255\\255"
            })
    void write_refuses_names_that_do_not_belong_on_disk(String name, @TempDir Path outside) throws IOException {
        Path victim = Files.writeString(outside.resolve("victim.txt"), "victim");
        Files.createDirectories(folder.resolve("sub"));
        Files.createDirectories(folder.resolve(".git"));
        Files.writeString(folder.resolve(".git/config"), "[core]");
        Files.createSymbolicLink(folder.resolve("link.txt"), victim);

        ScriptRun run = ScriptRun.of(
                folder,
                "print(file.putcontents('a.txt', 'kept')) print(pcall(file.putcontents, '" + name + "', 'x')) "
                        + "print(pcall(file.rename, 'a.txt', '" + name + "')) print(file.getcontents('a.txt'))",
                Duration.ofSeconds(1),
                options -> options.writeBack(true));

        assertThat(run.printed.get(0)).isEqualTo("true");
        assertThat(run.printed.get(1)).matches("(true\tnil|false\t.*filename invalid.*)");
        assertThat(run.printed.get(2)).matches("(true\tfalse|false\t.*filename invalid.*)");
        assertThat(run.printed.get(3)).isEqualTo("kept");
        assertThat(folder.resolve("a.txt")).hasContent("kept");
        assertThat(folder.resolve(".git/config")).hasContent("[core]");
        assertThat(victim).hasContent("victim");
        assertThat(folder.resolve(".hidden")).doesNotExist();
        assertThat(folder.resolve("godwit.properties")).doesNotExist();
    }

    @Test
    void write_keeps_what_the_device_writes_renames_and_removes() throws IOException {
        Files.writeString(folder.resolve("old.txt"), "old");

        ScriptRun run = ScriptRun.of(
                folder,
                "file.rename('old.txt', 'new.txt') file.putcontents('log.txt', 'line') file.remove('gone.txt')",
                Duration.ofSeconds(1),
                options -> options.writeBack(true));

        assertThat(run.errors).isEmpty();
        assertThat(folder.resolve("old.txt")).doesNotExist();
        assertThat(folder.resolve("new.txt")).hasContent("old");
        assertThat(folder.resolve("log.txt")).hasContent("line");
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("init.lua", "new.txt", "log.txt");
        }
    }

    @Test
    void a_refused_name_is_a_warning() {
        ScriptRun run = ScriptRun.of(
                folder, "file.putcontents('.x', '')", Duration.ofSeconds(1), options -> options.writeBack(true));

        assertThat(run.warnings).anyMatch(warning -> warning.type() == WarningType.FILES);
    }

    @Test
    void file_follows_the_firmwares_documentation() {
        ScriptRun run = ScriptRun.of(folder, """
                local function count(t) local n = 0 for _ in pairs(t) do n = n + 1 end return n end
                assert(count(file.list()) == 1 and file.list()["init.lua"])
                assert(file.putcontents("one1&", "12345") == true)
                assert(file.putcontents("oneTWO2", "1234567"))
                assert(count(file.list("one%d&")) == 1 and file.list("one%d&")["one1&"] == 5)
                assert(count(file.list("^%l*%u+%d%.-")) == 1)
                local stat = file.stat("one1&")
                assert(stat.size == 5 and stat.name == "one1&" and stat.is_dir == false and stat.is_arch == false)
                assert(stat.time.year == 1970 and stat.time.mon == 1 and stat.time.day == 1 and stat.time.hour == 0)
                assert(file.stat("nothing") == nil and file.open("nothing") == nil and file.open("nothing", "r+") == nil)
                local f = file.open("big", "w") for i = 1, 100 do f:write("some text to test") end f:close()
                f = file.open("big") assert(#f:read() == 1024 and #f:read() == 676 and f:read() == nil) f:close()
                assert(#file.getcontents("big") == 1700)
                f = file.open("big", "w+") assert(f:write("abc\\ndef") and f:seek("set", 0) == 0)
                assert(f:readline() == "abc\\n" and f:read("e") == "de" and f:seek("end", 1) == nil) f:close()
                f = file.open("big", "a+") f:write("!") f:seek("set") assert(f:read(100) == "abc\\ndef!") f:close()
                assert(not pcall(f.read, f))
                f = file.open("big") assert(f:write("x") == nil) f:close()
                assert(file.rename("big", "small") and not file.exists("big") and not file.rename("big", "x"))
                file.putcontents("big", "") assert(not file.rename("small", "big") and file.exists("small"))
                assert(file.remove("small") == nil and file.remove("small") == nil)
                local left, used, all = file.fsinfo() assert(left + used == all)
                assert(not pcall(file.open, ("n"):rep(32), "w") and not pcall(file.open, "a\\0b", "w"))
                file.open("old", "w") file.writeline("x") file.close() assert(file.getcontents("old") == "x\\n")
                print("all")
                """, Duration.ofSeconds(1));

        assertThat(run.errors).isEmpty();
        assertThat(run.printed).containsExactly("all");
    }

    @Test
    void a_compiled_file_that_is_missing_runs_from_its_source() throws IOException {
        Files.writeString(folder.resolve("app.lua"), "print('app runs')");
        Files.write(folder.resolve("lib.lc"), new byte[] {0x1B, 'L', 'u', 'a', 'Q'});

        ScriptRun run = ScriptRun.of(
                folder,
                "dofile('app.lc') print(pcall(dofile, 'lib.lc'))",
                Duration.ofSeconds(1),
                options -> options.onError(OnError.FAIL));

        assertThat(run.printed.get(0)).isEqualTo("app runs");
        assertThat(run.printed.get(1)).contains("binary chunks of other compilers do not run here");
        assertThat(ScriptCheck.check(FlashImage.read(folder)))
                .extracting(ScriptCheck.Finding::text)
                .containsExactly("lib.lc was compiled elsewhere and does not run here: put lib.lua beside it");
    }
}
