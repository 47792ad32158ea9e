package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaMachine;
import io.godwit.nodemcu.lua.vm.LuaRef;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code net}: TCP and UDP through the operating system, without a thread per device. Servers listen on the loopback
 * address. In virtual time there is no network: a stub answers, or the call fails with a warning.
 */
final class NetModule {

    private static final Logger LOG = LoggerFactory.getLogger(NetModule.class);

    static final int TCP = 1;
    static final int UDP = 2;

    // The error codes of lwIP.
    static final int ERR_TIMEOUT = -3;
    static final int ERR_RTE = -4;
    static final int ERR_DNS = -5;
    static final int ERR_ABORTED = -10;
    static final int ERR_RESET = -11;

    /** What a look-up that is under way counts as: each may hold a thread of the host for seconds. */
    private static final int LOOK_UP_BYTES = 16 * 1024;

    /** What a look-up in virtual time gives for every name. */
    private static final String VIRTUAL_ADDRESS = "10.0.0.2";

    private static final String IPV4 = "\\d{1,3}(\\.\\d{1,3}){3}";

    private static final LuaLibrary DNS = LuaLibrary.module("net.dns")
            .function("resolve", call -> {
                resolve(call, call.text(1), call.function(2), null);
                return 0;
            })
            .fixed("setdnsserver", call -> 0)
            .fixed("getdnsserver", call -> call.push("10.0.0.1"))
            .build();

    static final LuaLibrary LIBRARY = LuaLibrary.module("net")
            .constants(TCP, "TCP", "UDP")
            .nested("dns", DNS)
            .function("createConnection", NetModule::createConnection)
            .function(
                    "createServer",
                    call -> call.integer(1, TCP) == UDP ? UdpSocket.create(call) : TcpServer.create(call))
            .function("createUDPSocket", UdpSocket::create)
            .function("ping", NetModule::ping)
            .function("multicastJoin", NetModule::multicast)
            .function("multicastLeave", NetModule::multicast)
            .absent("cert", "ifinfo")
            .build();

    private NetModule() {}

    /** {@code createConnection([type[, secure]])}: TLS is refused, and never becomes plain text. */
    private static int createConnection(LuaCall call) {
        if (call.integer(1, TCP) == UDP) {
            return UdpSocket.create(call);
        }
        boolean secure = call.isNumber(2) ? call.integer(2) != 0 : call.truth(2);
        if (secure) {
            throw new LuaError("secure connections not supported: use http with an https:// URL, or mqtt with secure");
        }
        return TcpSocket.create(call, Caller.device(call));
    }

    /** {@code multicastJoin(if_ip, multicast_ip)}: the addresses are checked, and a warning says what is missing. */
    private static int multicast(LuaCall call) {
        String own = call.text(1);
        if (!own.isEmpty() && !own.equals("any") && !own.matches(IPV4)) {
            throw call.argument(1, "invalid if ip: must be an IPv4 address, \"\" or \"any\"");
        }
        String group = call.text(2);
        int dot = group.indexOf('.');
        int first = group.matches(IPV4) ? Integer.parseInt(group.substring(0, dot)) : 0;
        if (first < 224 || first > 239) {
            throw call.argument(2, "invalid multicast ip: must be 224.0.0.0 to 239.255.255.255");
        }
        Caller.device(call)
                .warn(
                        WarningType.NETWORK,
                        call.where() + ": no datagram to the group " + group
                                + " arrives here: sockets of a simulated device receive on the loopback address only");
        return 0;
    }

    /** Blocking look-ups of all devices, a few at a time. Made with the first. */
    private static final class LookUps {
        private static final int THREADS = 8;
        private static final ThreadPoolExecutor EXECUTOR = new ThreadPoolExecutor(
                THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), LookUps::thread);

        static {
            EXECUTOR.allowCoreThreadTimeOut(true);
        }

        private static Thread thread(Runnable task) {
            Thread thread = new Thread(task, "godwit-look-up");
            thread.setDaemon(true);
            return thread;
        }
    }

    static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            LOG.debug("closing a socket failed", e);
        }
    }

    static int address(LuaCall call, @Nullable SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            return call.pushAll((double) inet.getPort(), inet.getAddress().getHostAddress());
        }
        return call.pushNil();
    }

    /** Looks a name up off the device's thread; the answer is queued for the device. */
    static void lookUp(Device device, String host, Consumer<@Nullable InetAddress> answer) {
        if (device.network().isVirtual() && !host.matches("[0-9.]+|.*:.*")) {
            device.later(() -> answer.accept(literal(VIRTUAL_ADDRESS)));
            return;
        }
        Runnable[] inBoot = new Runnable[1];
        InetAddress[] found = new InetAddress[1];
        inBoot[0] = device.inThisBoot(() -> answer.accept(found[0]));
        if (device.network().isVirtual()) {
            found[0] = literal(host);
            device.post(inBoot[0]);
            return;
        }
        LookUps.EXECUTOR.execute(() -> {
            found[0] = literal(host);
            device.post(inBoot[0]);
        });
    }

    private static @Nullable InetAddress literal(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    static void resolve(LuaCall call, String host, LuaRef callback, @Nullable LuaRef socket) {
        Device device = Caller.device(call);
        LuaMachine machine = call.machine();
        machine.reserve(LOOK_UP_BYTES);
        Consumer<@Nullable InetAddress> answer = address -> {
            machine.release(LOOK_UP_BYTES);
            device.call(callback, socket, address == null ? null : address.getHostAddress());
            callback.release();
            if (socket != null) {
                socket.release();
            }
        };
        device.network()
                .whenOnline(
                        call.where() + ": a DNS look-up",
                        () -> lookUp(device, device.network().target(host, 0).host(), answer),
                        () -> answer.accept(null));
    }

    /** {@code ping(domain[, count], function(bytes, ip, sequence, milliseconds))}: every host answers at once. */
    private static int ping(LuaCall call) {
        Device device = Caller.device(call);
        String host = call.text(1);
        int callbackAt = call.isFunction(2) ? 2 : 3;
        int count = callbackAt == 2 ? 4 : call.between(2, 1, 100);
        LuaRef callback = call.function(callbackAt);
        call.reserve(LOOK_UP_BYTES);
        device.network()
                .whenOnline(
                        call.where() + ": net.ping()",
                        () -> lookUp(device, device.network().target(host, 0).host(), address -> {
                            for (int i = 1; i <= count; i++) {
                                int sequence = i;
                                device.after(
                                        i * 1_000_000_000L,
                                        () -> pinged(device, callback, address, sequence, sequence == count));
                            }
                        }),
                        () -> pinged(device, callback, null, 1, true));
        return 0;
    }

    private static void pinged(
            Device device, LuaRef callback, @Nullable InetAddress address, int sequence, boolean last) {
        boolean answered = address != null && device.network().flows();
        device.call(
                callback,
                answered ? 32 : 0,
                address == null ? "0.0.0.0" : address.getHostAddress(),
                sequence,
                answered ? 2 : 0);
        if (last) {
            device.requireMachine().release(LOOK_UP_BYTES);
            callback.release();
        }
    }
}
