package io.godwit.nodemcu;

import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/** The numbers by which the module knows the reasons of a failed connect, -5 to 5. */
public final class FailureCodes {
    private FailureCodes() {}

    /** The number of a failure: a code of CONNACK as the broker sent it, or one of the module's own. */
    public static int of(ConnectFailure failure) {
        return switch (failure.phase()) {
            case RESOLVE -> Mqtt.CONN_FAIL_DNS;
            case CONNECT, PROXY, TLS, WEBSOCKET -> Mqtt.CONN_FAIL_SERVER_NOT_FOUND;
            case CONNACK ->
                switch (failure.reason()) {
                    case BROKER_REJECTED -> connack(failure);
                    case NOT_SENT -> Mqtt.CONN_FAIL_TIMEOUT_SENDING;
                    case TIMEOUT, CLOSED -> Mqtt.CONN_FAIL_TIMEOUT_RECEIVING;
                    case CREDENTIALS_UNAVAILABLE -> Mqtt.CONN_FAIL_SERVER_NOT_FOUND;
                    default -> Mqtt.CONN_FAIL_NOT_A_CONNACK_MSG;
                };
        };
    }

    /** The return code; for a reason code of MQTT 5 the return code that means the same, if there is one. */
    private static int connack(ConnectFailure failure) {
        ReasonCode reason = failure.reasonCode();
        if (reason == null) {
            return failure.connackCode();
        }
        return switch (reason) {
            case UNSUPPORTED_PROTOCOL_VERSION -> Mqtt.CONNACK_REFUSED_PROTOCOL_VER;
            case CLIENT_IDENTIFIER_NOT_VALID -> Mqtt.CONNACK_REFUSED_ID_REJECTED;
            case SERVER_UNAVAILABLE, SERVER_BUSY, SERVER_SHUTTING_DOWN -> Mqtt.CONNACK_REFUSED_SERVER_UNAVAILABLE;
            case BAD_USER_NAME_OR_PASSWORD, BAD_AUTHENTICATION_METHOD -> Mqtt.CONNACK_REFUSED_BAD_USER_OR_PASS;
            case NOT_AUTHORIZED, BANNED -> Mqtt.CONNACK_REFUSED_NOT_AUTHORIZED;
            default -> failure.connackCode();
        };
    }

    /** The name of the module's constant for a number, such as {@code CONN_FAIL_DNS}; null if it has none. */
    public static @Nullable String name(int code) {
        return switch (code) {
            case Mqtt.CONN_FAIL_SERVER_NOT_FOUND -> "CONN_FAIL_SERVER_NOT_FOUND";
            case Mqtt.CONN_FAIL_NOT_A_CONNACK_MSG -> "CONN_FAIL_NOT_A_CONNACK_MSG";
            case Mqtt.CONN_FAIL_DNS -> "CONN_FAIL_DNS";
            case Mqtt.CONN_FAIL_TIMEOUT_RECEIVING -> "CONN_FAIL_TIMEOUT_RECEIVING";
            case Mqtt.CONN_FAIL_TIMEOUT_SENDING -> "CONN_FAIL_TIMEOUT_SENDING";
            case Mqtt.CONNACK_ACCEPTED -> "CONNACK_ACCEPTED";
            case Mqtt.CONNACK_REFUSED_PROTOCOL_VER -> "CONNACK_REFUSED_PROTOCOL_VER";
            case Mqtt.CONNACK_REFUSED_ID_REJECTED -> "CONNACK_REFUSED_ID_REJECTED";
            case Mqtt.CONNACK_REFUSED_SERVER_UNAVAILABLE -> "CONNACK_REFUSED_SERVER_UNAVAILABLE";
            case Mqtt.CONNACK_REFUSED_BAD_USER_OR_PASS -> "CONNACK_REFUSED_BAD_USER_OR_PASS";
            case Mqtt.CONNACK_REFUSED_NOT_AUTHORIZED -> "CONNACK_REFUSED_NOT_AUTHORIZED";
            default -> null;
        };
    }
}
