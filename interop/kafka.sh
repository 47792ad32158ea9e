#!/usr/bin/env bash
# Kafka, one KRaft node, from its artifacts at Maven Central: PORT for clients, PORT+1 for the controller.
source "$(dirname "$0")/common.sh"
source "$here/java.sh"

ready() { answers "$port"; }

run_broker() {
    cat >"$data/server.properties" <<-EOF
	process.roles=broker,controller
	node.id=1
	controller.quorum.bootstrap.servers=127.0.0.1:$tls
	listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$tls
	advertised.listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$tls
	controller.listener.names=CONTROLLER
	log.dirs=$data/log
	num.partitions=4
	offsets.topic.replication.factor=1
	offsets.topic.num.partitions=1
	transaction.state.log.replication.factor=1
	transaction.state.log.min.isr=1
	transaction.state.log.num.partitions=1
	share.coordinator.state.topic.replication.factor=1
	share.coordinator.state.topic.min.isr=1
	group.initial.rebalance.delay.ms=0
	EOF
    if [[ ! -f $data/log/meta.properties ]]; then
        # No '-' and '_' of base64url: an identifier that starts with '-' would be read as an option.
        java_main kafka kafka.tools.StorageTool format -t "$(head -c 16 /dev/urandom | base64 | tr '+/' 'aa' | tr -d =)" \
            -c "$data/server.properties" --standalone
    fi
    become_java kafka kafka.Kafka "$data/server.properties"
}

main
