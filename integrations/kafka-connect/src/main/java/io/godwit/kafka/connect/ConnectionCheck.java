package io.godwit.kafka.connect;

import io.godwit.mqtt.client.ConnectFailure;
import io.godwit.mqtt.client.ConnectResult;
import io.godwit.mqtt.client.MqttClient;
import io.godwit.mqtt.client.MqttConnectException;
import io.godwit.mqtt.client.MqttException;
import io.godwit.mqtt.client.Reconnect;
import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.protocol.ReasonCode;
import java.time.Duration;
import java.util.UUID;
import org.apache.kafka.common.config.AbstractConfig;

/**
 * Connects once with the settings of a connector, under a client identifier of its own, to see whether and how the broker
 * answers. A failure names the step, as {@code godwit doctor} does: name, TCP, proxy, TLS, WebSocket, CONNACK.
 */
final class ConnectionCheck {
    private ConnectionCheck() {}

    /**
     * What the broker answers.
     *
     * @throws MqttConnectException if it cannot be reached or refuses
     */
    static ConnectResult connect(AbstractConfig config, String connector) {
        String clientId = ConnectionConfig.clientIdBase(config, connector) + "-check-"
                + UUID.randomUUID().toString().substring(0, 8);
        Duration limit = Duration.ofSeconds(2L * config.getInt(ConnectionConfig.CONNECT_TIMEOUT) + 5);
        try (MqttClient client = ConnectionConfig.builder(config, clientId)
                .cleanSession(true)
                .reconnect(Reconnect.never())
                .callTimeout(limit)
                .build()) {
            return client.connect();
        }
    }

    /** Adds the failure, if any, to the setting that has to change. */
    static void check(AbstractConfig config, String connector, SettingErrors errors) {
        try {
            connect(config, connector);
        } catch (MqttConnectException e) {
            ConnectFailure failure = e.failure();
            errors.add(setting(config, failure), "does not lead to a connection. " + describe(failure));
        } catch (MqttException | IllegalArgumentException e) {
            errors.add(ConnectionConfig.SERVERS, "does not lead to a connection: " + e.getMessage());
        }
    }

    /** The step that failed, why, and how to go on without this check. */
    static String describe(ConnectFailure failure) {
        return "Step " + step(failure.phase()) + " failed: " + failure.text() + ". (" + ConnectionConfig.CHECK
                + "=false accepts the configuration without connecting.)";
    }

    static String step(ConnectPhase phase) {
        return switch (phase) {
            case RESOLVE -> "1, name resolution,";
            case CONNECT -> "2, TCP connection,";
            case PROXY -> "3, proxy,";
            case TLS -> "4, TLS,";
            case WEBSOCKET -> "5, WebSocket,";
            case CONNACK -> "6, CONNECT and CONNACK,";
        };
    }

    private static String setting(AbstractConfig config, ConnectFailure failure) {
        return switch (failure.phase()) {
            case RESOLVE, CONNECT -> ConnectionConfig.SERVERS;
            case PROXY -> ConnectionConfig.PROXY;
            case WEBSOCKET ->
                ConnectionConfig.secret(config, ConnectionConfig.WEBSOCKET_HEADERS)
                                .isEmpty()
                        ? ConnectionConfig.SERVERS
                        : ConnectionConfig.WEBSOCKET_HEADERS;
            case TLS ->
                switch (failure.reason()) {
                    case CERTIFICATE_REJECTED ->
                        config.getString(ConnectionConfig.TRUST_STORE).isEmpty()
                                ? ConnectionConfig.CA
                                : ConnectionConfig.TRUST_STORE;
                    case CLIENT_CERTIFICATE_REFUSED ->
                        config.getString(ConnectionConfig.KEY_STORE).isEmpty()
                                ? ConnectionConfig.CERTIFICATE
                                : ConnectionConfig.KEY_STORE;
                    default -> ConnectionConfig.SERVERS;
                };
            case CONNACK -> {
                ReasonCode reason = failure.reasonCode();
                yield reason == ReasonCode.BAD_USER_NAME_OR_PASSWORD || reason == ReasonCode.NOT_AUTHORIZED
                        ? ConnectionConfig.USERNAME
                        : reason == ReasonCode.UNSUPPORTED_PROTOCOL_VERSION
                                ? ConnectionConfig.VERSION
                                : reason == ReasonCode.CLIENT_IDENTIFIER_NOT_VALID
                                        ? ConnectionConfig.CLIENT_ID
                                        : ConnectionConfig.SERVERS;
            }
        };
    }
}
