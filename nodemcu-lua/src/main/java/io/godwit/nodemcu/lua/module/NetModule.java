package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaRef;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code net}: TCP and UDP through the operating system, without a thread per device. Servers listen on the loopback
 * address. In virtual time there is no network: a stub answers, or the call fails with a warning.
 */
final class NetModule {

    static final int TCP = 1;
    static final int UDP = 2;

    // The error codes of lwIP.
    static final int ERR_TIMEOUT = -3;
    static final int ERR_RTE = -4;
    static final int ERR_DNS = -5;
    static final int ERR_ABORTED = -10;
    static final int ERR_RESET = -11;

    /** What a look-up in virtual time gives for every name. */
    private static final String VIRTUAL_ADDRESS = "10.0.0.2";

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
            .function("createConnection", call -> {
                Device device = Modules.device(call);
                return call.integer(1, TCP) == UDP ? UdpSocket.create(call) : TcpSocket.create(call, device);
            })
            .function(
                    "createServer",
                    call -> call.integer(1, TCP) == UDP ? UdpSocket.create(call) : TcpServer.create(call))
            .function("createUDPSocket", UdpSocket::create)
            .function("ping", NetModule::ping)
            .absent("multicastJoin", "multicastLeave", "cert", "ifinfo")
            .build();

    private NetModule() {}

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
        CompletableFuture.runAsync(() -> {
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
        Device device = Modules.device(call);
        Consumer<@Nullable InetAddress> answer = address -> {
            device.call(callback, socket, address == null ? null : address.getHostAddress());
            callback.release();
        };
        device.network()
                .whenOnline(
                        call.where() + ": a DNS look-up",
                        () -> lookUp(device, device.network().target(host, 0).host(), answer),
                        () -> answer.accept(null));
    }

    /** {@code ping(domain[, count], function(bytes, ip, sequence, milliseconds))}: every host answers at once. */
    private static int ping(LuaCall call) {
        Device device = Modules.device(call);
        String host = call.text(1);
        int callbackAt = call.isFunction(2) ? 2 : 3;
        int count = callbackAt == 2 ? 4 : call.between(2, 1, 100);
        LuaRef callback = call.function(callbackAt);
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
            callback.release();
        }
    }
}
