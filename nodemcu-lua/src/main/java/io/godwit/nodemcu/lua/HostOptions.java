package io.godwit.nodemcu.lua;

import io.godwit.mqtt.broker.BrokerListener;
import io.godwit.nodemcu.MqttSettings;
import io.godwit.nodemcu.lua.device.BrokerLogin;
import io.godwit.nodemcu.lua.device.HostMap;
import io.godwit.nodemcu.lua.device.OnError;
import io.godwit.nodemcu.lua.device.WarningPolicy;
import io.godwit.nodemcu.lua.device.WifiSettings;
import io.godwit.nodemcu.lua.vm.LuaLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a {@link Host} does: the options of {@code godwit run}. Not thread-safe; used up by the host. */
public final class HostOptions {

    final Path script;
    MqttSettings mqtt = MqttSettings.defaults();
    final Map<String, HostMap.Target> map = new HashMap<>();
    HostMap.@Nullable Target everything;
    BrokerLogin login = BrokerLogin.OF_SCRIPT;
    WifiSettings wifi = WifiSettings.DEFAULTS;
    boolean ownBroker;
    BrokerListener brokerListener = BrokerListener.NONE;
    int count = 1;
    int first;
    Duration stuckAfter = Duration.ofSeconds(20);
    Duration stagger = Duration.ZERO;
    double speed = 1;
    boolean virtual;
    long seed = 1;
    OnError onError = OnError.RESTART;

    @Nullable
    Path scenario;

    WarningPolicy warnings = WarningPolicy.DEFAULT;
    boolean writeBack;
    boolean watch;
    LuaLimits limits = LuaLimits.DEFAULT;
    int threads = Runtime.getRuntime().availableProcessors();

    private HostOptions(Path script) {
        this.script = script;
    }

    /** @param script a Lua file, or a folder that holds the device's files and starts with {@code init.lua} */
    public static HostOptions of(Path script) {
        return new HostOptions(script);
    }

    /** Version, profile and times of the mqtt module; {@link MqttSettings#defaults()} unless set. */
    public HostOptions mqtt(MqttSettings settings) {
        mqtt = settings;
        return this;
    }

    /** Leads one host name of the scripts elsewhere: {@code name} or {@code name:port} to {@code host[:port]}. */
    public HostOptions map(String name, String target) {
        map.put(name.toLowerCase(Locale.ROOT), HostMap.Target.parse(target));
        return this;
    }

    /** Leads every connection to a broker here, whatever host the script names; port 0 keeps the script's. */
    public HostOptions brokerAt(String host, int port) {
        everything = new HostMap.Target(host, port);
        return this;
    }

    /** Uses these instead of the script's. */
    public HostOptions login(String username, @Nullable String password) {
        login = new BrokerLogin(username, password);
        return this;
    }

    /** The access point, and what happens to network calls before the station has an address. */
    public HostOptions wifi(WifiSettings settings) {
        wifi = settings;
        return this;
    }

    /** Starts an embedded broker beside the devices and routes every connection to it. */
    public HostOptions ownBroker(boolean start) {
        ownBroker = start;
        return this;
    }

    /** Listens to the host's own broker, in real time ({@link #ownBroker}) or in {@link #virtual} time. */
    public HostOptions brokerListener(BrokerListener listener) {
        brokerListener = listener;
        return this;
    }

    /** How many devices, each with its own identity and files. */
    public HostOptions count(int devices) {
        if (devices < 1) {
            throw new IllegalArgumentException("a fleet has at least one device, not " + devices);
        }
        count = devices;
        return this;
    }

    /**
     * The index of the first device, 0 unless set. Identities derive from the index, so a fleet can be divided among several
     * processes, which then cannot harm each other.
     */
    public HostOptions first(int index) {
        if (index < 0) {
            throw new IllegalArgumentException("invalid first device " + index + ": must be 0 or more");
        }
        first = index;
        return this;
    }

    /** After how much real time in one callback a device is given up, so that its thread can be replaced. */
    public HostOptions stuckAfter(Duration time) {
        stuckAfter = time;
        return this;
    }

    /** The time over which the devices of a fleet are switched on, evenly. */
    public HostOptions stagger(Duration time) {
        stagger = time;
        return this;
    }

    /** Device seconds per second. */
    public HostOptions speed(double times) {
        speed = times;
        return this;
    }

    /** Time as fast as the machine can, with a broker in the same clock, repeatable by the seed. */
    public HostOptions virtual(boolean isVirtual) {
        virtual = isVirtual;
        return this;
    }

    public HostOptions seed(long newSeed) {
        seed = newSeed;
        return this;
    }

    public HostOptions onError(OnError reaction) {
        onError = reaction;
        return this;
    }

    /** A file for {@link io.godwit.nodemcu.lua.device.Scenario}. */
    public HostOptions scenario(@Nullable Path file) {
        scenario = file;
        return this;
    }

    /** Whether what a single device writes to its flash is written to the folder too; a fleet never does. */
    public HostOptions writeBack(boolean write) {
        writeBack = write;
        return this;
    }

    /** Flashes and restarts the devices when a file of the folder changes. */
    public HostOptions watch(boolean on) {
        watch = on;
        return this;
    }

    /** Which warnings are disabled or count as errors. */
    public HostOptions warnings(WarningPolicy policy) {
        warnings = policy;
        return this;
    }

    public HostOptions limits(LuaLimits newLimits) {
        limits = newLimits;
        return this;
    }

    /** How many devices run at the same moment. */
    public HostOptions threads(int number) {
        threads = number;
        return this;
    }
}
