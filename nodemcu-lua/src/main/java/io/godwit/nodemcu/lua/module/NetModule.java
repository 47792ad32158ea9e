package io.godwit.nodemcu.lua.module;

import io.godwit.nodemcu.WarningType;
import io.godwit.nodemcu.lua.device.Device;
import io.godwit.nodemcu.lua.device.HostMap;
import io.godwit.nodemcu.lua.device.Network;
import io.godwit.nodemcu.lua.vm.LuaCall;
import io.godwit.nodemcu.lua.vm.LuaError;
import io.godwit.nodemcu.lua.vm.LuaLibrary;
import io.godwit.nodemcu.lua.vm.LuaRef;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code net}: TCP for real, through the operating system, without a thread per device. A server listens on the loopback
 * address, on another port where the asked one is not to be had, and a warning says which.
 */
final class NetModule {

    private static final int TCP = 1;
    private static final int UDP = 2;
    /** What one {@code receive} callback gets at most, as on the chip. */
    private static final int SEGMENT = 1460;

    private static final int SEND_LIMIT = 1 << 20;

    private static final LuaLibrary SOCKET = LuaLibrary.object("net.socket")
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
            .function("getpeer", call -> address(call, socket(call).peer))
            .function("getaddr", call -> address(call, socket(call).own))
            .function("ttl", call -> call.push(255))
            .function("dns", call -> {
                resolve(call, call.text(2), call.function(3), call.ref(1));
                return 0;
            })
            .build();

    private static final LuaLibrary SERVER = LuaLibrary.object("net.server")
            .function(
                    "listen", call -> call.object(1, Server.class, "net.server").listen(call))
            .function("getaddr", call -> address(call, call.object(1, Server.class, "net.server").own))
            .function("close", call -> {
                call.object(1, Server.class, "net.server").close();
                return 0;
            })
            .build();

    private static final LuaLibrary DNS = LuaLibrary.module("net.dns")
            .function("resolve", call -> {
                resolve(call, call.text(1), call.function(2), null);
                return 0;
            })
            .function("setdnsserver", call -> 0)
            .function("getdnsserver", call -> call.push("10.0.0.1"))
            .build();

    static final LuaLibrary LIBRARY = LuaLibrary.module("net")
            .constants(TCP, "TCP", "UDP")
            .nested("dns", DNS)
            .function("createConnection", call -> {
                if (call.integer(1, TCP) == UDP) {
                    throw new LuaError("UDP sockets exist on the device but not in this host");
                }
                Device device = Modules.device(call);
                return call.pushObject(new Socket(device), SOCKET);
            })
            .function("createServer", call -> {
                Device device = Modules.device(call);
                return call.pushObject(new Server(device), SERVER);
            })
            .function("ping", call -> 0)
            .absent("createUDPSocket", "multicastJoin", "multicastLeave", "cert", "ifinfo")
            .build();

    private NetModule() {}

    private static Socket socket(LuaCall call) {
        return call.object(1, Socket.class, "net.socket");
    }

    private static int address(LuaCall call, @Nullable SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            return call.pushAll((double) inet.getPort(), inet.getAddress().getHostAddress());
        }
        return call.pushNil();
    }

    /** Looks a name up off the device's thread; the answer is queued for the device. */
    private static void lookUp(Device device, String host, Consumer<@Nullable InetAddress> answer) {
        Runnable[] inBoot = new Runnable[1];
        InetAddress[] found = new InetAddress[1];
        inBoot[0] = device.inThisBoot(() -> answer.accept(found[0]));
        CompletableFuture.runAsync(() -> {
            try {
                found[0] = InetAddress.getByName(host);
            } catch (UnknownHostException e) {
                found[0] = null;
            }
            device.post(inBoot[0]);
        });
    }

    private static void resolve(LuaCall call, String host, LuaRef callback, @Nullable LuaRef socket) {
        Device device = Modules.device(call);
        lookUp(device, device.network().target(host, 0).host(), address -> {
            device.call(callback, socket, address == null ? null : address.getHostAddress());
            callback.release();
        });
    }

    /** A connection, ours or accepted. */
    private static final class Socket implements Network.User {
        private final Device device;
        private final Map<String, LuaRef> callbacks = new HashMap<>(4);
        private final ArrayDeque<ByteBuffer> outgoing = new ArrayDeque<>(2);
        private @Nullable AsynchronousSocketChannel channel;
        private @Nullable LuaRef self;
        private @Nullable SocketAddress peer;
        private @Nullable SocketAddress own;
        private int queued;
        private boolean writing;
        private boolean reading;
        private boolean held;

        Socket(Device device) {
            this.device = device;
        }

        int on(LuaCall call) {
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

        int connect(LuaCall call) {
            if (channel != null) {
                throw new LuaError("already connected");
            }
            int port = call.between(2, 1, 65535);
            HostMap.Target target = device.network().target(call.text(3, "127.0.0.1"), port);
            hold(call.ref(1));
            if (!device.network().flows()) {
                device.after(5_000_000_000L, () -> failed(-13));
                return 0;
            }
            lookUp(device, target.host(), address -> {
                if (address == null) {
                    failed(-5);
                } else {
                    open(new InetSocketAddress(address, target.port()));
                }
            });
            return 0;
        }

        void hold(LuaRef object) {
            self = object;
            device.network().add(this);
        }

        private void open(InetSocketAddress to) {
            try {
                AsynchronousSocketChannel opened = AsynchronousSocketChannel.open();
                channel = opened;
                Runnable yes = device.inThisBoot(() -> {
                    established();
                    tell("connection", null);
                });
                Runnable no = device.inThisBoot(() -> failed(-11));
                opened.connect(to, null, handler(result -> device.post(yes), problem -> device.post(no)));
            } catch (IOException e) {
                failed(-11);
            }
        }

        void accepted(AsynchronousSocketChannel accepted) {
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

        private void failed(int code) {
            close();
            tell("disconnection", code);
        }

        void read() {
            AsynchronousSocketChannel open = channel;
            if (open == null || reading || held) {
                return;
            }
            reading = true;
            ByteBuffer buffer = ByteBuffer.allocate(SEGMENT);
            int[] count = new int[1];
            Runnable got = device.inThisBoot(() -> {
                reading = false;
                if (channel != open || !device.network().flows()) {
                    return;
                }
                if (count[0] < 0) {
                    failed(0);
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

        int send(LuaCall call) {
            if (channel == null) {
                throw new LuaError("not connected");
            }
            byte[] bytes = call.bytes(2);
            if (call.isFunction(3)) {
                LuaRef before = callbacks.put("sent", call.ref(3));
                if (before != null) {
                    before.release();
                }
            }
            queued += bytes.length;
            if (queued > SEND_LIMIT) {
                throw new LuaError("out of memory: the peer does not take what is sent");
            }
            outgoing.add(ByteBuffer.wrap(bytes));
            write();
            return 0;
        }

        private void write() {
            AsynchronousSocketChannel open = channel;
            ByteBuffer next = outgoing.peek();
            if (open == null || writing || next == null) {
                return;
            }
            writing = true;
            Runnable done = device.inThisBoot(() -> {
                writing = false;
                if (channel != open) {
                    return;
                }
                if (!next.hasRemaining()) {
                    outgoing.poll();
                    queued -= next.capacity();
                    if (outgoing.isEmpty()) {
                        tell("sent", null);
                    }
                }
                write();
            });
            Runnable broken = device.inThisBoot(() -> {
                if (channel == open) {
                    failed(-9);
                }
            });
            open.write(next, null, handler(result -> device.post(done), problem -> device.post(broken)));
        }

        void close() {
            AsynchronousSocketChannel open = channel;
            channel = null;
            device.network().remove(this);
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
    }

    private static <T> CompletionHandler<T, Void> handler(Consumer<T> completed, Consumer<Throwable> failed) {
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

    /** A listening port. */
    private static final class Server implements Network.User {
        private final Device device;
        private @Nullable AsynchronousServerSocketChannel channel;
        private @Nullable SocketAddress own;

        Server(Device device) {
            this.device = device;
        }

        /** {@code listen([port][, ip], function(socket))}. */
        int listen(LuaCall call) {
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
            AsynchronousServerSocketChannel open = bind(port);
            channel = open;
            device.network().add(this);
            accept(open, callback);
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
                            WarningType.NETWORK,
                            "the server on port " + port + " listens on 127.0.0.1:" + inet.getPort());
                }
                return open;
            } catch (IOException e) {
                throw new LuaError("cannot listen: " + e.getMessage());
            }
        }

        private void accept(AsynchronousServerSocketChannel open, LuaRef callback) {
            AsynchronousSocketChannel[] arrived = new AsynchronousSocketChannel[1];
            Runnable next = device.inThisBoot(() -> {
                Socket socket = new Socket(device);
                LuaRef object = device.requireMachine().newObject(socket, SOCKET);
                socket.hold(object);
                socket.accepted(arrived[0]);
                device.call(callback, object);
                if (channel == open) {
                    accept(open, callback);
                }
            });
            open.accept(
                    null,
                    handler(
                            result -> {
                                arrived[0] = result;
                                device.post(next);
                            },
                            problem -> {}));
        }

        void close() {
            AsynchronousServerSocketChannel open = channel;
            channel = null;
            device.network().remove(this);
            if (open != null) {
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
    }
}
