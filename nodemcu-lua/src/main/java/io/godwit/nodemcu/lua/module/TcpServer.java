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
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import org.jspecify.annotations.Nullable;

/** A listening TCP port on the loopback address. Thread of the device only. */
final class TcpServer implements Network.User {

    private static final LuaLibrary LIBRARY = LuaLibrary.object("net.server")
            .function("listen", call -> server(call).listen(call))
            .function("getaddr", call -> NetModule.address(call, server(call).own))
            .function("close", call -> {
                server(call).close();
                return 0;
            })
            .build();

    /** What a listening port counts as: file handles are scarcer than memory, and the neighbours need theirs. */
    private static final int HANDLE_BYTES = 256 * 1024;

    private final Device device;
    private @Nullable AsynchronousServerSocketChannel channel;
    private @Nullable SocketAddress own;
    private @Nullable LuaRef callback;
    /** A connection that has come while no packets came or went; the next waits in the backlog of the system. */
    private @Nullable AsynchronousSocketChannel waiting;

    private TcpServer(Device device) {
        this.device = device;
    }

    static int create(LuaCall call) {
        return call.pushObject(new TcpServer(Caller.device(call)), LIBRARY);
    }

    private static TcpServer server(LuaCall call) {
        return call.object(1, TcpServer.class, "net.server");
    }

    /** {@code listen([port][, ip], function(socket))}. */
    private int listen(LuaCall call) {
        int port = 0;
        LuaRef callback = null;
        for (int i = 2; i <= call.count(); i++) {
            if (call.isNumber(i)) {
                port = call.between(i, 0, 65535);
            } else if (call.isFunction(i)) {
                callback = call.ref(i);
            }
        }
        if (callback == null) {
            throw call.expected(3, "function");
        }
        if (channel != null) {
            throw new LuaError("already listening");
        }
        if (device.network().isVirtual()) {
            device.warn(
                    WarningType.NETWORK,
                    call.where() + ": nobody can connect to the server on port " + port
                            + ", because there is no network in virtual time");
            own = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            return 0;
        }
        call.reserve(HANDLE_BYTES);
        AsynchronousServerSocketChannel open;
        try {
            open = bind(port);
        } catch (LuaError e) {
            call.machine().release(HANDLE_BYTES);
            throw e;
        }
        channel = open;
        this.callback = callback;
        device.network().add(this);
        accept(open);
        return 0;
    }

    private AsynchronousServerSocketChannel bind(int port) {
        try {
            AsynchronousServerSocketChannel open = AsynchronousServerSocketChannel.open();
            InetAddress loopback = InetAddress.getLoopbackAddress();
            try {
                open.bind(new InetSocketAddress(loopback, port));
            } catch (IOException | SecurityException taken) {
                open.bind(new InetSocketAddress(loopback, 0));
            }
            own = open.getLocalAddress();
            if (own instanceof InetSocketAddress inet && inet.getPort() != port) {
                device.warn(
                        WarningType.NETWORK, "the server on port " + port + " listens on 127.0.0.1:" + inet.getPort());
            }
            return open;
        } catch (IOException e) {
            throw new LuaError("cannot listen: " + e.getMessage());
        }
    }

    private void accept(AsynchronousServerSocketChannel open) {
        AsynchronousSocketChannel[] arrived = new AsynchronousSocketChannel[1];
        Runnable next = device.inThisBoot(() -> {
            if (channel == open) {
                waiting = arrived[0];
                serveWaiting();
            } else {
                NetModule.closeQuietly(arrived[0]);
            }
        });
        open.accept(
                null,
                TcpSocket.handler(
                        result -> {
                            arrived[0] = result;
                            device.post(next);
                        },
                        problem -> {}));
    }

    private void serveWaiting() {
        AsynchronousServerSocketChannel open = channel;
        AsynchronousSocketChannel next = waiting;
        LuaRef function = callback;
        if (open == null
                || next == null
                || function == null
                || !device.network().flows()) {
            return;
        }
        waiting = null;
        serve(next, function);
        if (channel == open) {
            accept(open);
        }
    }

    private void serve(AsynchronousSocketChannel arrived, LuaRef callback) {
        TcpSocket socket = new TcpSocket(device);
        try {
            LuaRef object = device.requireMachine().newObject(socket, TcpSocket.LIBRARY);
            socket.accepted(arrived, object);
            device.call(callback, object);
        } catch (LuaError e) {
            device.warn(WarningType.DEVICE_LIMIT, "a connection to the server was closed: " + e.getMessage());
            NetModule.closeQuietly(arrived);
        }
    }

    private void close() {
        AsynchronousServerSocketChannel open = channel;
        channel = null;
        device.network().remove(this);
        LuaRef function = callback;
        callback = null;
        if (function != null) {
            function.release();
        }
        if (waiting != null) {
            NetModule.closeQuietly(waiting);
            waiting = null;
        }
        if (open != null) {
            LuaMachine machine = device.machine();
            if (machine != null) {
                machine.release(HANDLE_BYTES);
            }
            try {
                open.close();
            } catch (IOException e) {
                device.warn(WarningType.NETWORK, "closing a server failed: " + e.getMessage());
            }
        }
    }

    @Override
    public void cut() {
        close();
    }

    @Override
    public void flowing(boolean flows) {
        if (flows) {
            device.later(this::serveWaiting);
        }
    }
}
