package io.godwit.cli.options;

import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * An option that several commands have: declared once, described in the words of each command. {@link #describe} puts those
 * words where picocli looks for them.
 */
public abstract class SharedOption {
    private final String description;

    /** @param description of the option in this command's help */
    protected SharedOption(String description) {
        this.description = description;
    }

    /** Gives the shared options of a command their descriptions; before its help is shown. */
    public static void describe(CommandSpec command) {
        Map<String, String> texts = new LinkedHashMap<>();
        collect(command, texts);
        if (!texts.isEmpty()) {
            command.resourceBundle(new Texts(texts));
        }
    }

    private static void collect(CommandSpec command, Map<String, String> texts) {
        for (CommandSpec mixin : command.mixins().values()) {
            if (mixin.userObject() instanceof SharedOption shared) {
                for (OptionSpec option : mixin.options()) {
                    texts.put(option.longestName().replaceFirst("^-+", ""), shared.description);
                }
            }
            collect(mixin, texts);
        }
    }

    /** Descriptions by the names of their options. */
    private static final class Texts extends ResourceBundle {
        private final Map<String, String> texts;

        Texts(Map<String, String> texts) {
            this.texts = texts;
        }

        @Override
        protected @Nullable Object handleGetObject(String key) {
            return texts.get(key);
        }

        @Override
        public Enumeration<String> getKeys() {
            return Collections.enumeration(texts.keySet());
        }
    }
}
