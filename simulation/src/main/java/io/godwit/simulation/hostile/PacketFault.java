package io.godwit.simulation.hostile;

/** What can happen to a packet, or to some bytes of a WebSocket, on their way from the broker to a client. */
enum PacketFault {
    /** One to four bytes have other values. */
    BYTES_CHANGED,
    /** The first byte, with the type and the flags, is another one. */
    FIRST_BYTE_CHANGED,
    /** The remaining length is another one: too short, too long, up to 268 MB, or no length at all. */
    LENGTH_CHANGED,
    OMITTED,
    REPEATED,
    /** It comes after the next one. */
    HELD_BACK,
    /** Another packet comes before it, of any type. */
    PRECEDED_BY_ANOTHER,
    PRECEDED_BY_NOISE,
    /** It comes a byte at a time, slower than a link may be. */
    DRIPPED,
    /** It is cut, and nothing comes after it. */
    CUT_AND_SILENT,
    /** It is cut, and the connection ends. */
    CUT_AND_CLOSED
}
