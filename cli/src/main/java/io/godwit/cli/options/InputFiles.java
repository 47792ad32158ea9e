package io.godwit.cli.options;

import io.godwit.cli.output.Diagnostics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/** Reads files that users write or get from others. Whatever is wrong with one is an error that names the file. */
public final class InputFiles {
    private InputFiles() {}

    /**
     * A file that another one names, seen from that one's folder.
     *
     * @throws IllegalArgumentException if no file can have this name
     */
    public static Path beside(Path folder, String name) {
        try {
            return folder.resolve(name);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("no file can have the name '" + name + "'", e);
        }
    }

    /**
     * The text of a file.
     *
     * @throws IllegalArgumentException if it cannot be read or is not UTF-8
     */
    public static String text(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + ": the file is not UTF-8 text", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(Diagnostics.about(file, e), e);
        }
    }

    /**
     * The lines of a file.
     *
     * @throws IllegalArgumentException if it cannot be read or is not UTF-8
     */
    public static List<String> lines(Path file) {
        return text(file).lines().toList();
    }

    /**
     * A file of TOML.
     *
     * @throws IllegalArgumentException if it cannot be read or is not valid, with the line
     */
    public static TomlParseResult toml(Path file) {
        TomlParseResult toml;
        try {
            toml = Toml.parse(text(file));
        } catch (StackOverflowError e) {
            throw new IllegalArgumentException(file + ": the file is nested too deeply", e);
        } catch (RuntimeException | AssertionError e) {
            if (e.getClass() == IllegalArgumentException.class) {
                throw e;
            }
            // The parser has no error for some of the input that it cannot read.
            throw new IllegalArgumentException(file + ": the file is not valid TOML", e);
        }
        for (TomlParseError error : toml.errors()) {
            throw new IllegalArgumentException(
                    file + ", line " + error.position().line() + ": " + error.getMessage());
        }
        return toml;
    }
}
