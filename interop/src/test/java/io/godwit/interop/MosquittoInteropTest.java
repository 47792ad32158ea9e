package io.godwit.interop;

/** Runs in every build. Where Mosquitto is not installed, Artemis stands in, which Maven brings. */
class MosquittoInteropTest extends InteropSuite {
    @Override
    RealBroker broker() {
        String missing = RealBroker.MOSQUITTO.missing();
        if (missing == null) {
            return RealBroker.MOSQUITTO;
        }
        System.err.println("[interop] " + missing + "; Artemis, which Maven brings, stands in");
        return RealBroker.ARTEMIS;
    }
}
