package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.HostMap;
import io.godwit.nodemcu.lua.device.Network;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaMachine;
import io.godwit.nodemcu.lua.vm.LuaRef;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A TCP connection of a script, opened by it or accepted from its server. Thread of the device only. */
final class TcpSocket implements Network.User {

    /** What one {@code receive} callback gets at most, as on the chip. */
    private static final int SEGMENT = 1460;

    private static final int SEND_LIMIT = 1 << 20;
    /** What a connection counts as: file handles are scarcer than memory, and the neighbours need theirs. */
    private static final int HANDLE_BYTES = 64 * 1024;

    private static final long CONNECT_NANOS = 5_000_000_000L;

    static final LuaLibrary LIBRARY = LuaLibrary.object("net.socket")
            .function("connect", call -> socket(call).connect(call))
            .function("on", call -> socket(call).on(call))
            .function("send", call -> socket(call).send(call))
            .function("close", call -> {
                socket(call).close();
                return 0;
            })
            .function("hold", call -> {
                socket(call).held = true;
                return 0;
            })
            .function("unhold", call -> {
                socket(call).held = false;
                socket(call).read();
                return 0;
            })
            .function("getpeer", call -> NetModule.address(call, socket(call).peer))
            .function("getaddr", call -> NetModule.address(call, socket(call).own))
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

    // Device thread only.
    private final Map<String, LuaRef> callbacks = new HashMap<>(4);
    private final ArrayDeque<ByteBuffer> outgoing = new ArrayDeque<>(2);
    /** What a read or a write has ended with while no packets came or went. */
    private final ArrayDeque<Runnable> arrived = new ArrayDeque<>(0);

    private @Nullable AsynchronousSocketChannel channel;
    private @Nullable StubbedServer stub;
    private @Nullable LuaRef self;
    private @Nullable SocketAddress peer;
    private @Nullable SocketAddress own;
    private int attempt;
    private boolean connecting;
    private int queued;
    private boolean writing;
    private boolean reading;
    private boolean held;
    /** What the open connection counts as, with what waits to be sent. */
    private long reserved;

    TcpSocket(Device device) {
        this.device = device;
    }

    static int create(LuaCall call, Device device) {
        return call.pushObject(new TcpSocket(device), LIBRARY);
    }

    private static TcpSocket socket(LuaCall call) {
        return call.object(1, TcpSocket.class, "net.socket");
    }

    private int on(LuaCall call) {
        LuaRef callback = call.functionOrNull(3);
        LuaRef before = callback == null ? callbacks.remove(call.text(2)) : callbacks.put(call.text(2), callback);
        if (before != null) {
            before.release();
        }
        return 0;
    }

    private void tell(String event, @Nullable Object value) {
        LuaRef callback = callbacks.get(event);
        if (callback != null) {
            device.call(callback, self, value);
        }
    }

    // ---- connecting

    private int connect(LuaCall call) {
        if (channel != null || stub != null || connecting) {
            throw new LuaError("already connected");
        }
        int port = call.between(2, 1, 65535);
        String host = call.text(3, "127.0.0.1");
        HostMap.Target target = device.network().target(host, port);
        reserve(HANDLE_BYTES);
        hold(call.ref(1));
        connecting = true;
        int current = ++attempt;
        device.network()
                .whenOnline(
                        call.where() + ": connect()",
                        () -> {
                            if (current == attempt) {
                                connect(host, port, target, current);
                            }
                        },
                        () -> failed(current, NetModule.ERR_RTE));
        return 0;
    }

    private void connect(String host, int port, HostMap.Target target, int current) {
        if (!device.network().flows()) {
            device.after(CONNECT_NANOS, () -> failed(current, NetModule.ERR_TIMEOUT));
        } else if (device.network().isVirtual()) {
            if (device.network().http().knowsHost(host)) {
                stub = new StubbedServer(device, host, port);
                device.later(() -> {
                    connecting = false;
                    tell("connection", null);
                });
            } else {
                device.warn(
                        WarningType.NETWORK,
                        "net: there is no network in virtual time, and no HTTP answer from " + host
                                + ": the connection is refused");
                device.later(() -> failed(current, NetModule.ERR_RESET));
            }
        } else {
            NetModule.lookUp(device, target.host(), address -> {
                if (current != attempt) {
                    return;
                }
                if (address == null) {
                    failed(current, NetModule.ERR_DNS);
                } else {
                    open(new InetSocketAddress(address, target.port()), current);
                }
            });
        }
    }

    /** Accounts for memory until the connection ends. */
    void reserve(long bytes) {
        device.requireMachine().reserve(bytes);
        reserved += bytes;
    }

    void hold(LuaRef object) {
        self = object;
        device.network().add(this);
    }

    private void open(InetSocketAddress to, int current) {
        try {
            AsynchronousSocketChannel opened = AsynchronousSocketChannel.open();
            channel = opened;
            Runnable yes = device.inThisBoot(() -> {
                if (channel == opened) {
                    connecting = false;
                    established();
                    tell("connection", null);
                }
            });
            Runnable no = device.inThisBoot(() -> failed(current, NetModule.ERR_RESET));
            opened.connect(to, null, handler(result -> device.post(yes), problem -> device.post(no)));
        } catch (IOException e) {
            failed(current, NetModule.ERR_RESET);
        }
    }

    /**
     * Takes over a connection from a server.
     *
     * @throws LuaError if the device has no memory for it
     */
    void accepted(AsynchronousSocketChannel accepted, LuaRef object) {
        reserve(HANDLE_BYTES);
        hold(object);
        channel = accepted;
        established();
    }

    private void established() {
        AsynchronousSocketChannel open = channel;
        if (open == null) {
            return;
        }
        try {
            peer = open.getRemoteAddress();
            own = open.getLocalAddress();
        } catch (IOException e) {
            peer = null;
        }
        read();
    }

    private void failed(int current, int code) {
        if (current == attempt) {
            // The script's object is released after its last event.
            LuaRef object = self;
            self = null;
            close();
            LuaRef callback = callbacks.get("disconnection");
            if (callback != null) {
                device.call(callback, object, code);
            }
            if (object != null) {
                object.release();
            }
        }
    }

    // ---- bytes

    private void read() {
        AsynchronousSocketChannel open = channel;
        if (open == null || connecting || reading || held) {
            return;
        }
        reading = true;
        ByteBuffer buffer = ByteBuffer.allocate(SEGMENT);
        int[] count = new int[1];
        Runnable got = ended(open, () -> {
            reading = false;
            if (count[0] < 0) {
                failed(attempt, 0);
                return;
            }
            tell("receive", Arrays.copyOf(buffer.array(), count[0]));
            read();
        });
        open.read(
                buffer,
                null,
                handler(
                        result -> {
                            count[0] = result;
                            device.post(got);
                        },
                        problem -> {
                            count[0] = -1;
                            device.post(got);
                        }));
    }

    /** The end of a read or a write of a channel or stub, for the device: it waits while no packets come or go. */
    private Runnable ended(Object on, Runnable event) {
        return device.inThisBoot(() -> {
            if (on == channel || on == stub) {
                arrived.add(event);
                deliver();
            }
        });
    }

    private void deliver() {
        while (device.network().flows() && !arrived.isEmpty()) {
            arrived.remove().run();
        }
    }

    private int send(LuaCall call) {
        StubbedServer server = stub;
        if (connecting || channel == null && server == null) {
            throw new LuaError("not connected");
        }
        byte[] bytes = call.bytes(2);
        if (call.isFunction(3)) {
            LuaRef before = callbacks.put("sent", call.ref(3));
            if (before != null) {
                before.release();
            }
        }
        if (server != null) {
            reserve(bytes.length);
            device.post(ended(server, () -> {
                tell("sent", null);
                byte[] answer = server.received(bytes);
                if (answer != null) {
                    answered(server, answer);
                }
            }));
            return 0;
        }
        queued += bytes.length;
        if (queued > SEND_LIMIT) {
            throw new LuaError("out of memory: the peer does not take what is sent");
        }
        reserve(bytes.length);
        outgoing.add(ByteBuffer.wrap(bytes));
        write();
        return 0;
    }

    /** Delivers the answer of a stub in the pieces of a network, and closes. */
    private void answered(StubbedServer from, byte[] answer) {
        for (int at = 0; at < answer.length && stub == from; at += SEGMENT) {
            tell("receive", Arrays.copyOfRange(answer, at, Math.min(answer.length, at + SEGMENT)));
        }
        if (stub == from) {
            failed(attempt, 0);
        }
    }

    private void write() {
        AsynchronousSocketChannel open = channel;
        ByteBuffer next = outgoing.peek();
        if (open == null || writing || next == null || !device.network().flows()) {
            return;
        }
        writing = true;
        Runnable done = ended(open, () -> {
            writing = false;
            if (!next.hasRemaining()) {
                outgoing.poll();
                queued -= next.capacity();
                device.requireMachine().release(next.capacity());
                reserved -= next.capacity();
                if (outgoing.isEmpty()) {
                    tell("sent", null);
                }
            }
            write();
        });
        Runnable broken = ended(open, () -> failed(attempt, NetModule.ERR_ABORTED));
        open.write(next, null, handler(result -> device.post(done), problem -> device.post(broken)));
    }

    // ---- ending

    private void close() {
        AsynchronousSocketChannel open = channel;
        channel = null;
        stub = null;
        connecting = false;
        writing = false;
        reading = false;
        queued = 0;
        outgoing.clear();
        arrived.clear();
        attempt++;
        device.network().remove(this);
        LuaRef object = self;
        self = null;
        if (object != null) {
            object.release();
        }
        LuaMachine machine = device.machine();
        if (machine != null) {
            machine.release(reserved);
        }
        reserved = 0;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                device.warn(WarningType.NETWORK, "closing a socket failed: " + e.getMessage());
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
            device.later(() -> {
                deliver();
                write();
            });
        }
    }

    @Override
    public void addressLost() {
        if (channel != null || stub != null || connecting) {
            failed(attempt, NetModule.ERR_ABORTED);
        }
    }

    static <T> CompletionHandler<T, Void> handler(Consumer<T> completed, Consumer<Throwable> failed) {
        return new CompletionHandler<>() {
            @Override
            public void completed(T result, Void attachment) {
                completed.accept(result);
            }

            @Override
            public void failed(Throwable problem, Void attachment) {
                failed.accept(problem);
            }
        };
    }
}
