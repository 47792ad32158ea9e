# Sourced by the other scripts. Everything runs on 127.0.0.1, with its data below this folder's target/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
data=$PWD/examples/kafka/target
kafka=19092 worker=18083 broker=11883
export KAFKA=127.0.0.1:$kafka PLUGIN_PATH=$PWD/integrations/kafka-connect/target/fast/plugin

# put NAME FILE: creates the connector, or changes its configuration.
put() {
    curl -sS -X PUT -H 'Content-Type: application/json' --data "@$2" "http://127.0.0.1:$worker/connectors/$1/config"
    echo
}
