package io.godwit.cli.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Pattern;
import org.jline.reader.impl.history.DefaultHistory;

/** What was typed, kept in a file that only its owner may read. A line with a secret in it is never written there. */
final class SafeHistory extends DefaultHistory {
    /** -P and --pw, also among other letters; headers; authentication data; addresses with a password. */
    private static final Pattern SECRET = Pattern.compile(
            "(^|\\s)['\"]?-[A-Za-z]*P|--pw\\b|--password(?!-)\\b|--header\\b|authentication.data|://\\S*:\\S*@");

    /** Makes the file, so that nobody else may read it. False: there can be none, and history lasts as long as the shell. */
    static boolean prepare(Path file) {
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(file.toAbsolutePath().getParent());
                boolean posix =
                        Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix");
                if (posix) {
                    Files.createFile(
                            file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                } else {
                    Files.createFile(file);
                }
            }
            return Files.isWritable(file);
        } catch (IOException e) {
            return false;
        }
    }

    static boolean holdsSecret(String line) {
        return SECRET.matcher(line).find();
    }

    @Override
    public boolean isPersistable(Entry entry) {
        return super.isPersistable(entry) && !holdsSecret(entry.line());
    }
}
