package io.godwit.cli.output;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in options of the command what the library's messages say in methods of its builders. */
public final class Wording {
    private static final Pattern METHOD = Pattern.compile("\\b([a-zA-Z]+)\\((\\.\\.\\.|true|null|BORINGSSL)\\)");
    private static final Pattern GUIDE = Pattern.compile("docs/tls\\.md#([a-z-]+)");

    private static final Map<String, String> OPTIONS = Map.ofEntries(
            Map.entry("ca", "--cafile"),
            Map.entry("certificate", "--cert"),
            Map.entry("clientId", "-i"),
            Map.entry("engine", "another JDK's TLS"),
            Map.entry("key", "--key"),
            Map.entry("keyPassword", "--key-password-env"),
            Map.entry("keyStore", "--keystore"),
            Map.entry("ownTopicAliases", "topic aliases"),
            Map.entry("pin", "--pin"),
            Map.entry("proxy", "--proxy"),
            Map.entry("receiveMaximum", "-D connect receive-maximum"),
            Map.entry("serverName", "--tls-name"),
            Map.entry("topicAliasMaximum", "-D connect topic-alias-maximum"),
            Map.entry("trustStore", "--truststore"),
            Map.entry("versions", "--tls-version"),
            Map.entry("webSocket", "--header"));

    private Wording() {}

    /** The message with options in the place of methods, and what shows a guide in the place of its file. */
    public static String of(String message) {
        if (message.indexOf('(') < 0) {
            return message;
        }
        String text = message.replace(
                "; allow them with redirects(Redirects.follow())", "; connect to that server if you trust it");
        text = METHOD.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(OPTIONS.getOrDefault(found.group(1), found.group())));
        return GUIDE.matcher(text).replaceAll("godwit help tls $1");
    }
}
