// node moquette.mjs PORT: shows with MQTT.js what Moquette 0.17 does wrong, one line each. The last ends it as a broker.
import { connect as socketTo } from 'node:net'
import mqtt from 'mqtt'
import { generate, parser } from 'mqtt-packet'

const port = Number(process.argv[2])
const say = (what, wrong) => console.log(wrong ? `FAIL  ${what}` : `ok    ${what}`)
const within = (ms, promise) => Promise.race([promise, new Promise(resolve => setTimeout(resolve, ms, null))])
const client = () => mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 4, reconnectPeriod: 0 })
const next = (from, topic) => new Promise(resolve =>
  from.on('message', (got, payload, packet) => { if (got === topic) resolve(packet) }))

/** A client without a mind of its own: it sends what it is told. */
const bare = id => new Promise(resolve => {
  const packets = parser({ protocolVersion: 4 })
  const socket = socketTo(port, '127.0.0.1')
  socket.on('data', bytes => packets.parse(bytes))
  socket.on('error', () => {})
  const send = packet => socket.write(generate(packet))
  packets.on('packet', packet => packet.cmd === 'connack' && resolve({ socket, send, packets }))
  send({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: false, clientId: id, keepalive: 60 })
})

for (const qos of [0, 1, 2]) {
  const publisher = await client()
  await publisher.publishAsync('check/retained', 'x', { qos: 1, retain: true })
  const subscriber = await client()
  const retained = next(subscriber, 'check/retained')
  await subscriber.subscribeAsync('check/retained', { qos })
  say(`a retained message has its flag at QoS ${qos}`, !(await within(3000, retained))?.retain)
}

let unanswered = 0
for (let i = 0; i < 10; i++) {
  const echo = await client()
  await echo.subscribeAsync(`check/echo/${i}`, { qos: 1 })
  const sent = echo.publishAsync(`check/echo/${i}`, Buffer.alloc(1_000_000), { qos: 1 }).then(() => 'acknowledged')
  if (await within(1500, sent) === null) unanswered++
}
say(`1 MB to oneself is acknowledged (${unanswered} of 10 were not)`, unanswered > 0)

const watcher = await client()
const first = next(watcher, 'check/dup')
await watcher.subscribeAsync('check/dup', { qos: 1 })
const publish = { cmd: 'publish', topic: 'check/dup', payload: 'x', qos: 1, messageId: 2, retain: false }
const before = await bare('check-dup')
before.send({ ...publish, dup: false })
await first
before.socket.destroy()
const after = await bare('check-dup')
const answer = new Promise(resolve => after.packets.on('packet', resolve))
after.send({ ...publish, dup: true })
say('a PUBLISH that comes again with DUP is acknowledged', await within(3000, answer) === null)
let refused = 0
for (let i = 0; i < 10; i++) {
  if (await within(500, bare(`check-after-${i}`)) === null) refused++
}
say(`after that, others can connect (${refused} of 10 could not)`, refused > 0)
process.exit(0)
