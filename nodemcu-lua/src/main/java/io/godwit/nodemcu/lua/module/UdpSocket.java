package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.Network;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaMachine;
import io.godwit.nodemcu.lua.vm.LuaRef;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket in the form of today ({@code net.createUDPSocket}) and of the first releases
 * ({@code net.createConnection(net.UDP)}, {@code net.createServer(net.UDP)}). Thread of the device only.
 */
final class UdpSocket implements Network.User {

    private static final int LARGEST = 65_507;
    /** What an open socket counts as: file handles are scarcer than memory. */
    private static final int HANDLE_BYTES = 64 * 1024;
    /** Datagrams that wait for the device; more are lost, as in any network. */
    private static final int MOST_WAITING = 32;

    private static final LuaLibrary LIBRARY = LuaLibrary.object("net.udpsocket")
            .function("listen", call -> socket(call).listen(call))
            .function("connect", call -> socket(call).connect(call))
            .function("send", call -> socket(call).send(call))
            .function("on", call -> socket(call).on(call))
            .function("close", call -> {
                socket(call).close();
                return 0;
            })
            .function("getaddr", call -> socket(call).address(call))
            .fixed("ttl", call -> call.push(255))
            .function("dns", call -> {
                NetModule.resolve(call, call.text(2), call.function(3), call.ref(1));
                return 0;
            })
            .collected(call -> {
                socket(call).callbacks.values().forEach(LuaRef::release);
                return 0;
            })
            .build();

    // Set once.
    private final Device device;
    private final Semaphore room = new Semaphore(MOST_WAITING);

    // Device thread only.
    private final Map<String, LuaRef> callbacks = new HashMap<>(2);
    private @Nullable DatagramChannel channel;
    private @Nullable LuaRef self;
    private @Nullable InetSocketAddress peer;

    private UdpSocket(Device device) {
        this.device = device;
    }

    static int create(LuaCall call) {
        return call.pushObject(new UdpSocket(Caller.device(call)), LIBRARY);
    }

    private static UdpSocket socket(LuaCall call) {
        return call.object(1, UdpSocket.class, "net.udpsocket");
    }

    private int on(LuaCall call) {
        LuaRef callback = call.functionOrNull(3);
        LuaRef before = callback == null ? callbacks.remove(call.text(2)) : callbacks.put(call.text(2), callback);
        if (before != null) {
            before.release();
        }
        return 0;
    }

    private void tell(String event, @Nullable Object... values) {
        LuaRef callback = callbacks.get(event);
        if (callback != null) {
            Object[] all = new Object[values.length + 1];
            all[0] = self;
            System.arraycopy(values, 0, all, 1, values.length);
            device.call(callback, all);
        }
    }

    /** {@code listen([port][, ip])}; the first releases pass a function too, which is called with the socket. */
    private int listen(LuaCall call) {
        int port = call.isNumber(2) ? call.between(2, 0, 65535) : 0;
        bind(call, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), port);
        for (int i = 2; i <= call.count(); i++) {
            if (call.isFunction(i)) {
                LuaRef callback = call.ref(i);
                device.later(() -> device.call(callback, self));
            }
        }
        return 0;
    }

    /** The first releases: {@code connect(port, ip)} sets where {@code send(data)} goes. */
    private int connect(LuaCall call) {
        peer = target(call, 2, 3);
        bind(call, null, 0);
        return 0;
    }

    private InetSocketAddress target(LuaCall call, int portAt, int ipAt) {
        int port = call.between(portAt, 1, 65535);
        var target = device.network().target(call.text(ipAt), port);
        if (!target.host().matches("[0-9.]+|.*:.*|localhost")) {
            throw call.argument(ipAt, "invalid IP address");
        }
        return new InetSocketAddress(target.host(), target.port());
    }

    private int send(LuaCall call) {
        boolean today = call.count() >= 4 && call.isNumber(2) && call.isString(3) && call.isString(4);
        InetSocketAddress to = today ? target(call, 2, 3) : peer;
        byte[] data = call.bytes(today ? 4 : 2);
        int callbackAt = today ? 5 : 3;
        if (call.isFunction(callbackAt)) {
            LuaRef before = callbacks.put("sent", call.ref(callbackAt));
            if (before != null) {
                before.release();
            }
        }
        if (to == null) {
            throw new LuaError("no peer: use send(port, ip, data)");
        }
        if (data.length > LARGEST) {
            throw call.argument(today ? 4 : 2, "larger than a datagram can be (" + LARGEST + " bytes)");
        }
        bind(call, null, 0);
        LuaMachine machine = call.machine();
        machine.reserve(data.length);
        device.network()
                .whenOnline(
                        call.where() + ": send()",
                        () -> {
                            machine.release(data.length);
                            transmit(to, data);
                        },
                        () -> machine.release(data.length));
        return 0;
    }

    private void transmit(InetSocketAddress to, byte[] data) {
        DatagramChannel open = channel;
        if (open != null && device.network().flows()) {
            try {
                open.send(ByteBuffer.wrap(data), to);
            } catch (IOException e) {
                device.warn(WarningType.NETWORK, "net: sending a datagram to " + to + " failed: " + e.getMessage());
            }
        }
        device.later(() -> tell("sent"));
    }

    private void bind(LuaCall call, @Nullable SocketAddress address, int port) {
        if (self == null) {
            call.reserve(HANDLE_BYTES);
            self = call.ref(1);
            device.network().add(this);
        }
        if (channel != null) {
            return;
        }
        if (device.network().isVirtual()) {
            device.warn(
                    WarningType.NETWORK, call.where() + ": there is no network in virtual time: datagrams are lost");
            return;
        }
        try {
            DatagramChannel open = DatagramChannel.open();
            channel = open;
            try {
                open.bind(address);
            } catch (IOException taken) {
                open.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                device.warn(
                        WarningType.NETWORK,
                        "net: the UDP port " + port + " is taken; listening on " + open.getLocalAddress());
            }
            UdpReader.shared().add(open, (from, data) -> {
                if (room.tryAcquire()) {
                    device.post(() -> {
                        room.release();
                        received(open, from, data);
                    });
                }
            });
        } catch (IOException e) {
            throw new LuaError("cannot open a UDP socket: " + e.getMessage());
        }
    }

    private void received(DatagramChannel on, InetSocketAddress from, byte[] data) {
        if (channel == on && device.network().flows()) {
            tell("receive", data, (double) from.getPort(), from.getAddress().getHostAddress());
        }
    }

    private int address(LuaCall call) {
        DatagramChannel open = channel;
        try {
            return NetModule.address(call, open == null ? null : open.getLocalAddress());
        } catch (IOException e) {
            return call.pushNil();
        }
    }

    private void close() {
        DatagramChannel open = channel;
        channel = null;
        device.network().remove(this);
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                device.warn(WarningType.NETWORK, "closing a socket failed: " + e.getMessage());
            }
        }
        LuaRef held = self;
        self = null;
        LuaMachine machine = device.machine();
        if (held != null) {
            held.release();
            if (machine != null) {
                machine.release(HANDLE_BYTES);
            }
        }
    }

    @Override
    public void cut() {
        close();
    }
}
