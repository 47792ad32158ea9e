#!/usr/bin/env bash
# check.sh NAME DATA [PORT]: starts the broker NAME on an empty DATA, tries it with the Mosquitto clients
# and (for WebSocket) MQTT.js, prints one line for each feature, and stops it.
# Needs: apt-get install mosquitto-clients
set -uo pipefail
cd "$(dirname "$0")"
name=$1 data=$2 port=${3:-1883}
certs=$data/certs
work=${XDG_CACHE_HOME:-$HOME/.cache}/godwit/brokers
mkdir -p "$work"
cp -ru --no-preserve=mode check "$work"
[[ -d $work/check/node_modules ]] ||
    (cd "$work/check" && npm install --no-audit --no-fund --no-package-lock) >/dev/null 2>&1
n=0 failed=0
login=()
[[ $name == ejabberd ]] && login=(-u tester@localhost -P any) # it takes no client without a user

report() { # report STATUS WHAT
    if [[ $1 -eq 0 ]]; then echo "ok    $2"; else echo "FAIL  $2"; failed=$((failed + 1)); fi
}
pub() { timeout 10 mosquitto_pub -h 127.0.0.1 -p "$port" "${login[@]}" "$@" 2>/dev/null; }
sub() { timeout 5 mosquitto_sub -h 127.0.0.1 -p "$port" "${login[@]}" "$@" 2>/dev/null; }

# listen FILE ARGS...: subscribes in the background and waits for the SUBACK; expect FILE TEXT reads what came.
listen() {
    local file=$1
    shift
    : >"$file"
    timeout 8 stdbuf -oL mosquitto_sub -d -h 127.0.0.1 -p "$port" "${login[@]}" "$@" >"$file" 2>&1 &
    listener=$!
    for ((i = 0; i < 50; i++)); do
        grep -qE 'Subscribed|SUBACK' "$file" && return
        sleep 0.1
    done
}
expect() {
    wait "$listener" 2>/dev/null
    grep -q -- "$2" "$1"
    report $? "$3"
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
rm -rf "$data"
./"$name".sh start "$data" "$port" || exit 1

for v in mqttv31 mqttv311 mqttv5; do
    n=$((n + 1))
    t=check/$v
    if ! pub -V $v -t $t/connect -m x -q 1; then
        report 1 "$v connect"
        continue
    fi
    for q in 0 1 2; do
        listen "$scratch/q$q" -V $v -t "$t/q$q/#" -q $q -C 1 -F 'got %q %p'
        pub -V $v -t "$t/q$q/a" -q $q -m "m$n$q"
        expect "$scratch/q$q" "got $q m$n$q" "$v QoS $q"
    done

    head -c 1000000 /dev/zero | tr '\0' a >"$scratch/big"
    listen "$scratch/l" -V $v -t $t/big -q 1 -C 1 -F 'got %l'
    pub -V $v -t $t/big -q 1 -f "$scratch/big"
    expect "$scratch/l" "got 1000000" "$v 1 MB payload"

    pub -V $v -t $t/retained -r -q 1 -m "r$n"
    [[ $(sub -V $v -t $t/retained -C 1 -F '%r %p') == "1 r$n" ]]
    report $? "$v retained"
    pub -V $v -t $t/retained -r -n -q 1
    [[ -z $(sub -V $v -t $t/retained -C 1 -W 1) ]]
    report $? "$v retained, cleared"

    listen "$scratch/will" -V $v -t $t/will -C 1 -q 1 -F 'got %p'
    wait_for_will=$listener
    listen "$scratch/dying" -V $v -t $t/none -i "dying$n" --will-topic $t/will --will-payload gone --will-qos 1
    pkill -9 -P "$listener" # no DISCONNECT: the broker must send the will
    wait "$listener" 2>/dev/null
    listener=$wait_for_will
    expect "$scratch/will" "got gone" "$v will"

    session=(-V $v -c -i "keep$n" -t $t/keep -q 1)
    [[ $v == mqttv5 ]] && session+=(-x 3600)
    sub "${session[@]}" -E
    pub -V $v -t $t/keep -q 1 -m "k$n"
    [[ $(sub "${session[@]}" -C 1) == "k$n" ]]
    report $? "$v persistent session"
    pub -V $v -t $t/keep -q 1 -m "restart$n"
done

v5=(-V mqttv5 -q 1)
if pub "${v5[@]}" -t check/v5 -m x; then
    listen "$scratch/a" "${v5[@]}" -t '$share/g/check/share' -C 1 -F 'got %p'
    pub "${v5[@]}" -t check/share -m one
    expect "$scratch/a" 'got one' 'v5 shared subscription'
    listen "$scratch/a" "${v5[@]}" -t check/props -C 1 -F 'got %P %C %R %D'
    pub "${v5[@]}" -t check/props -m x -D publish user-property k v -D publish content-type text/plain \
        -D publish response-topic check/answer -D publish correlation-data 42
    expect "$scratch/a" 'got k:v text/plain check/answer 42' 'v5 user property, content type, response topic'
    listen "$scratch/a" "${v5[@]}" -t check/subid -C 1 -D subscribe subscription-identifier 7 -F 'got %S'
    pub "${v5[@]}" -t check/subid -m x
    expect "$scratch/a" 'got 7' 'v5 subscription identifier'
    pub "${v5[@]}" -t check/expiry -r -m x -D publish message-expiry-interval 1
    sleep 2.5
    [[ -z $(sub "${v5[@]}" -t check/expiry -C 1 -W 1) ]]
    report $? 'v5 message expiry'
    listen "$scratch/a" "${v5[@]}" -t check/alias -C 2 -F 'got %p'
    printf 'one\ntwo\n' | pub "${v5[@]}" -t check/alias -l -D publish topic-alias 1
    expect "$scratch/a" 'got two' 'v5 topic alias from the client'
fi

t=tls/x
timeout 5 mosquitto_pub -h localhost -p $((port + 1)) "${login[@]}" --cafile "$certs/ca.crt" -t $t -m x -q 1 2>/dev/null
report $? 'TLS'
for v in 3 4 5; do
    node "$work/check/ws.mjs" "ws://127.0.0.1:$((port + 2))/mqtt" $v "$certs/ca.crt" "${login[@]:1:1}" 2>/dev/null
    report $? "WebSocket, protocol level $v"
done
node "$work/check/ws.mjs" "wss://localhost:$((port + 3))/mqtt" 4 "$certs/ca.crt" "${login[@]:1:1}" 2>/dev/null
report $? 'WebSocket over TLS'

sleep 1.5
./"$name".sh stop "$data"
./"$name".sh start "$data" "$port"
n=0
for v in mqttv31 mqttv311 mqttv5; do
    n=$((n + 1))
    session=(-V $v -c -i "keep$n" -t check/$v/keep -q 1)
    [[ $v == mqttv5 ]] && session+=(-x 3600)
    { sub "${session[@]}" -W 4 || true; } | grep -qx "restart$n" # a message from before may come once more
    report $? "$v session and message over a broker restart"
done
./"$name".sh stop "$data"
if [[ $name == moquette ]]; then # what Godwit's suite skips, shown with another client; not counted
    rm -rf "$data"
    ./moquette.sh start "$data" "$port"
    node "$work/check/moquette.mjs" "$port"
    ./moquette.sh stop "$data"
fi
echo "$name: $failed failed"
[[ $failed -eq 0 ]]
