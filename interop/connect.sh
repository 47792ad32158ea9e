#!/usr/bin/env bash
# A distributed Kafka Connect worker with its REST interface on PORT. Needs a running kafka.sh, and
#   KAFKA        its address, such as 127.0.0.1:9092
#   PLUGIN_PATH  a folder with one folder of jars for each plugin: integrations/kafka-connect/target/plugin
#   RELEASE      the folder of interop/java that says which release it is (default kafka, the release that kafka.sh runs)
# Workers with the same KAFKA form one group.
source "$(dirname "$0")/common.sh"
source "$here/java.sh"

ready() { curl -sf "http://127.0.0.1:$port/connectors" >/dev/null; }

run_broker() {
    cat >"$data/worker.properties" <<-EOF
	bootstrap.servers=${KAFKA:?}
	group.id=connect
	listeners=http://127.0.0.1:$port
	rest.advertised.host.name=127.0.0.1
	plugin.path=${PLUGIN_PATH:?}
	plugin.discovery=service_load
	key.converter=org.apache.kafka.connect.storage.StringConverter
	value.converter=org.apache.kafka.connect.converters.ByteArrayConverter
	config.storage.topic=connect-configs
	offset.storage.topic=connect-offsets
	status.storage.topic=connect-status
	config.storage.replication.factor=1
	offset.storage.replication.factor=1
	status.storage.replication.factor=1
	offset.storage.partitions=1
	status.storage.partitions=1
	offset.flush.interval.ms=1000
	# A lost worker is noticed within 10 s, and its tasks move at once; the default waits for it for five minutes.
	session.timeout.ms=10000
	scheduled.rebalance.max.delay.ms=0
	EOF
    become_java "${RELEASE:-kafka}" org.apache.kafka.connect.cli.ConnectDistributed "$data/worker.properties"
}

main
