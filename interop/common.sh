# Sourced by every broker script. The script defines `run_broker`, which ends in an exec.
#
#   NAME.sh run   DATA [PORT]   foreground
#   NAME.sh start DATA [PORT]   background; returns once the broker answers
#   NAME.sh stop  DATA          ends the process that start began
#
# On 127.0.0.1: PORT is MQTT, PORT+1 MQTT over TLS, PORT+2 WebSocket, PORT+3 WebSocket over TLS
# (where the broker has it; the path is /mqtt). DATA/certs holds ca.crt, server.* and client.*.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=${XDG_CACHE_HOME:-$HOME/.cache}/godwit/brokers # nothing is built in this folder

# fresh FOLDER: copies it to $work, where it may be built.
fresh() {
    mkdir -p "$work"
    cp -ru --no-preserve=mode "$here/$1" "$work"
}
action=${1:-}
if [[ $# -lt 2 ]]; then
    echo "usage: $(basename "$0") run|start|stop DATA [PORT]" >&2
    exit 2
fi
mkdir -p "$2"
data=$(cd "$2" && pwd)
port=${3:-$(cat "$data/broker.port" 2>/dev/null || echo 1883)}
tls=$((port + 1)) ws=$((port + 2)) wss=$((port + 3))
certs=$data/certs
pidfile=$data/broker.pid

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

ready() { answers "$port" && answers "$tls" && answers "$ws" && answers "$wss"; }

main() {
    case $action in
    run)
        echo "$port" >"$data/broker.port"
        "$here/certs.sh" "$certs"
        run_broker
        ;;
    start)
        if answers "$port"; then
            echo "port $port is taken" >&2
            exit 1
        fi
        setsid "$0" run "$data" "$port" >"$data/broker.log" 2>&1 </dev/null &
        echo $! >"$pidfile"
        for ((i = 0; i < 3000; i++)); do # the first start may build the broker
            ready && return 0
            kill -0 "$(cat "$pidfile")" 2>/dev/null || break
            sleep 0.1
        done
        tail -n 20 "$data/broker.log" >&2
        exit 1
        ;;
    stop)
        [[ -f $pidfile ]] || return 0
        pid=$(cat "$pidfile")
        kill "$pid" 2>/dev/null || true
        for ((i = 0; i < 300; i++)); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        kill -9 "$pid" 2>/dev/null || true
        rm -f "$pidfile"
        if declare -F after_stop >/dev/null; then after_stop; fi
        ;;
    *)
        echo "unknown action: $action" >&2
        exit 2
        ;;
    esac
}
