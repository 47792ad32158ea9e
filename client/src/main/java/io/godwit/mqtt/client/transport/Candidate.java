package io.godwit.mqtt.client.transport;

import io.godwit.mqtt.client.road.RoadException;
import io.godwit.mqtt.client.road.ServerAddress;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One address in the race: its socket, from connecting until the road is open to its end. Reports to the race exactly
 * once that it failed or finished, unless it is cancelled. Loop only.
 */
final class Candidate implements Cancellable {

    /** Set once. */
    private final RoadWalk walk;

    private final AddressRace race;
    private final ServerAddress server;
    private final SocketAddress address;

    /** Loop only. */
    private @Nullable Channel channel;

    private boolean over;

    Candidate(RoadWalk walk, AddressRace race, ServerAddress server, SocketAddress address) {
        this.walk = walk;
        this.race = race;
        this.server = server;
        this.address = address;
    }

    SocketAddress address() {
        return address;
    }

    void start() {
        Link link = new Link(walk, server);
        Channel made =
                walk.sockets().newChannel(address, Times.millis(walk.road().connectTimeout()));
        channel = made;
        made.pipeline().addLast(link);
        ChannelFuture registered = walk.loop().netty().register(made);
        if (registered.cause() != null) {
            fail(connectFailure(registered.cause()));
            return;
        }
        ChannelFuture connecting = walk.road().localAddress() != null && address instanceof InetSocketAddress
                ? made.connect(address, new InetSocketAddress(walk.road().localAddress(), 0))
                : made.connect(address);
        connecting.addListener(done -> {
            if (over) {
                return;
            }
            if (done.isSuccess()) {
                race.reached(this);
                over = true;
                race.finished(link);
            } else {
                fail(connectFailure(done.cause()));
            }
        });
    }

    private RoadException connectFailure(@Nullable Throwable cause) {
        return ConnectFailures.describe(server, address, walk.road(), cause);
    }

    private void fail(RoadException failure) {
        if (!over) {
            cancel();
            race.failed(this, failure);
        }
    }

    @Override
    public void cancel() {
        over = true;
        if (channel != null) {
            channel.unsafe().close(channel.newPromise());
        }
    }
}
