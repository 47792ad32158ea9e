package io.godwit.cli.doctor;

import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.protocol.ReasonCode;

/** The reasons of a failed connect as NodeMCU's {@code mqtt} module names and numbers them. */
final class SeedReason {
    static final int SERVER_NOT_FOUND = -5;
    static final int DNS = -3;

    private SeedReason() {}

    /** Its number, also where MQTT 5 has one of its own for the same thing. */
    static int of(ConnectFailure failure) {
        ReasonCode reason = failure.reasonCode();
        if (reason == null) {
            return failure.code();
        }
        return switch (reason) {
            case UNSUPPORTED_PROTOCOL_VERSION -> 1;
            case CLIENT_IDENTIFIER_NOT_VALID -> 2;
            case SERVER_UNAVAILABLE, SERVER_BUSY, SERVER_SHUTTING_DOWN -> 3;
            case BAD_USER_NAME_OR_PASSWORD, BAD_AUTHENTICATION_METHOD -> 4;
            case NOT_AUTHORIZED, BANNED -> 5;
            default -> failure.code();
        };
    }

    /** "-5, mqtt.CONN_FAIL_SERVER_NOT_FOUND". */
    static String describe(int code) {
        String name = switch (code) {
            case SERVER_NOT_FOUND -> "CONN_FAIL_SERVER_NOT_FOUND";
            case -4 -> "CONN_FAIL_NOT_A_CONNACK_MSG";
            case DNS -> "CONN_FAIL_DNS";
            case -2 -> "CONN_FAIL_TIMEOUT_RECEIVING";
            case -1 -> "CONN_FAIL_TIMEOUT_SENDING";
            case 1 -> "CONNACK_REFUSED_PROTOCOL_VER";
            case 2 -> "CONNACK_REFUSED_ID_REJECTED";
            case 3 -> "CONNACK_REFUSED_SERVER_UNAVAILABLE";
            case 4 -> "CONNACK_REFUSED_BAD_USER_OR_PASS";
            case 5 -> "CONNACK_REFUSED_NOT_AUTHORIZED";
            default -> null;
        };
        return name == null ? String.valueOf(code) : code + ", mqtt." + name;
    }
}
