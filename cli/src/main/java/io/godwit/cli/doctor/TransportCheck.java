package io.godwit.cli.doctor;

import io.godwit.cli.output.ExitCodes;
import io.godwit.mqtt.client.net.ConnectPhase;
import io.godwit.mqtt.client.net.ServerAddress;
import io.godwit.mqtt.client.net.ServerAddress.Scheme;
import io.godwit.mqtt.client.net.TransportException;
import io.godwit.mqtt.client.net.TransportOptions;
import io.godwit.mqtt.client.transport.ConnectProgress;
import io.godwit.mqtt.client.transport.Transport;
import io.godwit.mqtt.client.transport.tls.CertificateRejected;
import io.godwit.mqtt.client.transport.tls.Certificates;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * Connects to a server up to where MQTT begins, once for each address of its name (or of the proxy's), and reports
 * each step. It uses the client's own transport, so the doctor sees what a client sees.
 */
final class TransportCheck {
    private final TransportOptions options;
    private final ServerAddress server;
    private final Transport transport;
    private final Report report;
    private final OneAddress addresses;

    TransportCheck(TransportOptions options, Transport transport, Report report) {
        this.options = options;
        this.server = options.servers().get(0);
        this.transport = transport;
        this.report = report;
        addresses = new OneAddress(options.resolver());
    }

    /** The options for the first address that works; null when none does, which is then reported. */
    @Nullable
    TransportOptions run() throws InterruptedException {
        TransportOptions single = options.toBuilder().resolver(addresses).build();
        List<ConnectProbe> probes = new ArrayList<>();
        probes.add(ConnectProbe.along(single, transport));
        for (int i = 1; i < addresses.all().size(); i++) {
            addresses.choose(i);
            probes.add(ConnectProbe.along(single, transport));
        }
        int best = best(probes);
        name(probes.get(0));
        for (ConnectProbe each : probes) {
            network(each, probes.get(best));
        }
        beyond(probes.get(best));
        TransportException failure = probes.get(best).failure();
        if (failure != null) {
            fail(failure, probes.get(best).failedAfter());
            return null;
        }
        addresses.choose(best);
        return single;
    }

    /** The attempt that succeeded, or else the one that got farthest. */
    private static int best(List<ConnectProbe> probes) {
        int best = 0;
        for (int i = 0; i < probes.size(); i++) {
            TransportException failure = probes.get(i).failure();
            if (failure == null) {
                return i;
            }
            TransportException farthest = probes.get(best).failure();
            if (farthest != null && failure.phase().compareTo(farthest.phase()) > 0) {
                best = i;
            }
        }
        return best;
    }

    private void name(ConnectProbe probe) {
        for (ConnectProbe.Passed each : probe.passed()) {
            if (each.point() instanceof ConnectProgress.Located located) {
                report.add(Finding.good(CheckStep.NAME, "SRV records lead to " + String.join(", ", located.targets()))
                        .took(each.nanos())
                        .fact("targets", located.targets()));
            } else if (each.point() instanceof ConnectProgress.Resolved resolved) {
                List<String> all = addresses.all().stream()
                        .map(InetAddress::getHostAddress)
                        .toList();
                if (!all.equals(List.of(resolved.host()))) {
                    report.add(Finding.good(CheckStep.NAME, resolved.host() + " is " + String.join(", ", all))
                            .took(each.nanos())
                            .fact("host", resolved.host())
                            .fact("addresses", all));
                }
            }
        }
    }

    /** Whether the address answers. If another address works, a failure of this one is only a warning. */
    private void network(ConnectProbe probe, ConnectProbe best) {
        for (ConnectProbe.Passed each : probe.passed()) {
            if (each.point() instanceof ConnectProgress.Reached reached) {
                report.add(Finding.good(CheckStep.NETWORK, reachedText(reached)).took(each.nanos()));
            }
        }
        TransportException failure = probe.failure();
        if (failure == null || probe == best) {
            return;
        }
        Finding finding = best.succeeded()
                ? Finding.warning(stepOf(failure.phase()), Advice.symptom(failure))
                        .detail("another address works, but clients may try this one first")
                : Finding.failed(stepOf(failure.phase()), Advice.symptom(failure));
        report.add(finding.took(probe.failedAfter()));
    }

    private String reachedText(ConnectProgress.Reached reached) {
        String whose = options.proxy() == null || server.scheme() == Scheme.UNIX ? "" : "the proxy ";
        if (reached.address() instanceof InetSocketAddress inet && inet.getAddress() != null) {
            return whose + inet.getAddress().getHostAddress() + " answers on port " + inet.getPort();
        }
        return "the socket " + server.authority() + " answers";
    }

    /** The steps between the network and MQTT. */
    private void beyond(ConnectProbe probe) {
        for (ConnectProbe.Passed each : probe.passed()) {
            if (each.point() instanceof ConnectProgress.ProxyPassed passed) {
                report.add(Finding.good(CheckStep.PROXY, passed.proxy() + " connects to " + server.authority())
                        .took(each.nanos()));
            } else if (each.point() instanceof ConnectProgress.Encrypted encrypted) {
                report.add(encrypted(encrypted).took(each.nanos()));
            } else if (each.point() instanceof ConnectProgress.Upgraded) {
                report.add(Finding.good(
                                CheckStep.WEBSOCKET,
                                "the server switches to WebSocket at "
                                        + (server.path().isEmpty() ? "/mqtt" : server.path()))
                        .took(each.nanos()));
            }
        }
    }

    private Finding encrypted(ConnectProgress.Encrypted encrypted) {
        Certificate[] sent;
        try {
            sent = encrypted.session().getPeerCertificates();
        } catch (SSLPeerUnverifiedException e) {
            sent = new Certificate[0];
        }
        Chain chain = Chain.of(sent);
        String text = encrypted.session().getProtocol() + " with "
                + encrypted.session().getCipherSuite();
        String ending = chain.ending(Instant.now());
        String unchecked = options.tls().isInsecure()
                ? "the certificate was not checked, as asked for"
                : options.tls().hostNameChecked() ? "" : "the host name was not checked, as asked for";
        Finding finding = Finding.of(
                        CheckStep.TLS, ending.isEmpty() && unchecked.isEmpty() ? Status.GOOD : Status.WARNING, text)
                .fact("protocol", encrypted.session().getProtocol())
                .fact("cipher", encrypted.session().getCipherSuite());
        String alpn = encrypted.applicationProtocol();
        if (alpn != null) {
            finding = finding.detail("ALPN agreed on " + alpn).fact("applicationProtocol", alpn);
        } else if (!options.tls().applicationProtocols().isEmpty()) {
            finding = finding.detail("the server does not use ALPN");
        }
        for (String warning : List.of(unchecked, ending)) {
            if (!warning.isEmpty()) {
                finding = finding.detail(warning);
            }
        }
        return withChain(finding, chain);
    }

    private static Finding withChain(Finding finding, Chain chain) {
        Finding all = finding.fact("certificates", chain.facts());
        for (String line : chain.lines()) {
            all = all.detail(line);
        }
        return all;
    }

    private void fail(TransportException failure, long nanos) throws InterruptedException {
        CheckStep step = stepOf(failure.phase());
        CertificateRejected rejected = CertificateRejected.in(failure);
        String text = Advice.symptom(failure);
        if (rejected != null) {
            for (X509Certificate shownBelow : rejected.chain()) {
                text = text.replace(" (" + Certificates.describe(shownBelow) + ")", "");
            }
        }
        Finding finding = Finding.failed(step, text).took(nanos).fact("timeout", failure.isTimeout());
        if (rejected != null) {
            finding = withChain(finding.fact("check", rejected.check().anchor()), new Chain(rejected.chain()));
        }
        report.fail(finding, new Diagnosis(step, ExitCodes.UNREACHABLE, finding.text(), advice(failure, rejected)));
    }

    private List<String> advice(TransportException failure, @Nullable CertificateRejected rejected)
            throws InterruptedException {
        List<String> advice =
                new ArrayList<>(Advice.about(failure, options, rejected == null ? null : rejected.check()));
        if (failure.phase() == ConnectPhase.WEBSOCKET && TlsProbe.speaksTls(options, transport)) {
            advice.add(0, "this port speaks TLS: godwit doctor wss://" + server.authority() + server.path());
        }
        return advice;
    }

    static CheckStep stepOf(ConnectPhase phase) {
        return switch (phase) {
            case RESOLVE -> CheckStep.NAME;
            case CONNECT -> CheckStep.NETWORK;
            case PROXY -> CheckStep.PROXY;
            case TLS -> CheckStep.TLS;
            case WEBSOCKET -> CheckStep.WEBSOCKET;
            case CONNACK -> CheckStep.CONNECT;
        };
    }
}
