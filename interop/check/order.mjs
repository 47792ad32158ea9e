// node order.mjs PORT RUNS VERSION: how often a burst of 500 publishes of QoS 1 arrives out of order [MQTT-4.6.0-6].
import mqtt from 'mqtt'

const [port, runs, protocolVersion] = process.argv.slice(2).map(Number)
const client = () => mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion, reconnectPeriod: 0 })
let broken = 0
for (let run = 0; run < runs; run++) {
  const [publisher, subscriber] = [await client(), await client()]
  const topic = `check/order/${process.pid}/${run}`
  const got = []
  const all = new Promise(resolve => subscriber.on('message', (_, payload) => {
    if (got.push(Number(payload)) === 500) resolve()
  }))
  await subscriber.subscribeAsync(topic, { qos: 1 })
  await Promise.all(Array.from({ length: 500 }, (_, i) => publisher.publishAsync(topic, String(i), { qos: 1 })))
  await all
  if (got.some((number, i) => number !== i)) broken++
  await Promise.all([publisher.endAsync(), subscriber.endAsync()])
}
console.log(`${broken} of ${runs} bursts were out of order`)
process.exit(broken > 0 ? 1 : 0)
