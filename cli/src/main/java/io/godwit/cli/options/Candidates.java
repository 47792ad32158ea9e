package io.godwit.cli.options;

import java.util.ArrayList;
import java.util.List;

/** What options accept that are not of an enum, for completion in shells. */
public final class Candidates {
    private Candidates() {}

    /** A quality of service. */
    public static final class ZeroToTwo extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        public ZeroToTwo() {
            super(List.of("0", "1", "2"));
        }
    }

    /** When retained messages are sent. */
    public static final class RetainHandlings extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        public RetainHandlings() {
            super(List.of("always", "new", "never"));
        }
    }

    /** A format for JSON, of those that need no file. */
    public static final class Encoders extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        public Encoders() {
            super(List.of("cbor", "msgpack", "sparkplug"));
        }
    }

    /** A version of MQTT. */
    public static final class Versions extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        public Versions() {
            super(List.of("31", "311", "5"));
        }
    }

    /** When to use colours. */
    public static final class When extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        public When() {
            super(List.of("auto", "always", "never"));
        }
    }

    /** A version of TLS. */
    public static final class TlsVersions extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        public TlsVersions() {
            super(List.of("tlsv1.2", "tlsv1.3"));
        }
    }

    /** What to do after an error of a script. */
    public static final class OnError extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        public OnError() {
            super(List.of("restart", "stop", "ignore"));
        }
    }
}
