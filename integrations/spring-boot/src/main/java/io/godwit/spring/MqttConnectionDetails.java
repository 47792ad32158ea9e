package io.godwit.spring;

import java.util.List;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/** The servers of the default client; a bean of this type takes the place of {@code godwit.mqtt.servers}. */
public interface MqttConnectionDetails extends ConnectionDetails {
    /** Addresses, tried in order. */
    List<String> servers();
}
