package io.godwit.simulation;

import io.godwit.mqtt.broker.LocalBroker;

/** What all parts of a run share. */
record Surroundings(
        Scheduler scheduler,
        RunSettings settings,
        Mutation mutation,
        Ledger ledger,
        LocalBroker broker,
        NetworkConditions network,
        Trace trace) {}
