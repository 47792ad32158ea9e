package io.godwit.simulation;

/** What can go wrong in a run. */
enum Fault {
    CUT_TO_BROKER,
    CUT_TO_CLIENT,
    /** Half open: nothing arrives any more, in neither direction, not even the end. */
    SILENCE,
    BROKER_RESTARTS,
    BROKER_LOSES_ITS_STATE,
    NETWORK_DOWN,
    /** Every byte takes up to two seconds. */
    SLOW,
    /** A few hundred bytes per second. */
    THIN,
    CLIENT_RECONNECTS,
    /** The client is closed, and the next process takes what it has left in its store. */
    CLIENT_CLOSES,
    DISK_FULL,
    CRASH,
    /** The network goes first, then the process; what it accepts in between waits on the disk. */
    POWER_FAILS,
    /** The next CONNACK announces other limits; MQTT 5. */
    LIMITS_CHANGE,
    /** Another client connects with the same client identifier. */
    TAKEOVER,
    /** The same, and it comes back whenever it is thrown out, for some seconds. */
    RIVAL,
    /** All threads of the handlers are occupied. */
    HANDLERS_BLOCKED
}
