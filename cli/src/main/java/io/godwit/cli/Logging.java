package io.godwit.cli;

/** What the library and Netty log: nothing unless asked to, as the command reports what matters. */
final class Logging {
    private Logging() {}

    /** Sets the level; has an effect only before the first class that logs is loaded. */
    static void configure(boolean debug) {
        setDefault("org.slf4j.simpleLogger.defaultLogLevel", debug ? "debug" : "off");
        setDefault("org.slf4j.simpleLogger.log.io.netty", debug ? "warn" : "off");
        setDefault("io.netty.jfr.enabled", "false"); // starting the flight recorder takes longer than a whole publish
        if (debug) { // its format of times alone would be a tenth of what a start takes
            setDefault("org.slf4j.simpleLogger.showDateTime", "true");
            setDefault("org.slf4j.simpleLogger.dateTimeFormat", "HH:mm:ss.SSS");
        }
        setDefault("org.slf4j.simpleLogger.showThreadName", "false");
        setDefault("org.slf4j.simpleLogger.showShortLogName", "true");
    }

    private static void setDefault(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }
}
