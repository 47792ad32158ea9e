package example;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** The last reading of each boiler. */
@Component
class Boilers {
    static final double HOT = 90;
    private static final double HOTTEST = 200;

    private final Map<String, Reading> last = new ConcurrentHashMap<>();

    /** @throws IllegalArgumentException if no boiler can be so hot */
    void put(String id, Reading reading) {
        if (reading.celsius() > HOTTEST) {
            throw new IllegalArgumentException(reading.celsius() + " °C is more than a boiler survives");
        }
        last.put(id, reading);
    }

    Reading get(String id) {
        Reading reading = last.get(id);
        if (reading == null) {
            throw new IllegalArgumentException("no boiler " + id + " has reported yet");
        }
        return reading;
    }
}
