// Draws docs/images/throughput.svg, the chart of the README, from the tables of docs/performance.md: how many times as many
// messages a second Godwit handles as each of the other clients.
//
//   node site/chart.mjs            writes it
//   node site/chart.mjs --check    exit code 1 if it is not what the tables say
//
// A ratio compares two rows of one table, the last in the document that has both clients; of a client that was measured
// through several interfaces it takes the fastest.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const file = join(root, 'docs/images/throughput.svg')
const scenarios = ['publish-0', 'publish-1', 'publish-2', 'receive-0', 'receive-1', 'receive-2']
const peers = [['Vert.x', /^Vert\.x/], ['HiveMQ', /^HiveMQ/], ['Paho', /^Paho/]]

/** The tables of messages a second: a map from the client to a map from the scenario to its figure. */
function tables(text) {
  const found = []
  let heading = ''
  let columns = null
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) heading = line
    const cells = line.startsWith('|') ? line.split('|').slice(1, -1).map(cell => cell.trim()) : null
    if (!cells || !/messages a second/.test(heading)) columns = null
    else if (!columns) found.push(new Map((columns = cells, [])))
    else if (!/^-+$/.test(cells[0])) {
      found.at(-1).set(cells[0], new Map(columns.slice(1).flatMap((name, i) => {
        const figure = parseFloat((cells[i + 1] ?? '').replaceAll(',', ''))
        return figure > 0 ? [[name, figure]] : []
      })))
    }
  }
  return found
}

function ratio(all, scenario, peer) {
  for (const table of [...all].reverse()) {
    const own = table.get('Godwit')?.get(scenario)
    const best = Math.max(0, ...[...table].filter(([name]) => peer.test(name)).map(([, row]) => row.get(scenario) ?? 0))
    if (own && best) return own / best
  }
  throw new Error(`docs/performance.md has no figures for ${scenario} of ${peer}`)
}

const all = tables(readFileSync(join(root, 'docs/performance.md'), 'utf8'))
const left = 108, right = 60, width = 780, head = 86, bar = 13, group = 3 * (bar + 2) + 14
const most = 200
const x = value => left + Math.log10(Math.max(1, value)) / Math.log10(most) * (width - left - right)
const height = head + scenarios.length * group + 26
const number = value => value >= 10 ? value.toFixed(0) : value.toFixed(1)
const parts = []
for (const tick of [1, 2, 5, 10, 20, 50, 100]) {
  parts.push(`<line class="grid" x1="${x(tick).toFixed(1)}" y1="${head - 6}" x2="${x(tick).toFixed(1)}" y2="${height - 26}"/>`,
    `<text class="tick" x="${x(tick).toFixed(1)}" y="${height - 10}">${tick}×</text>`)
}
scenarios.forEach((scenario, i) => {
  const [what, qos] = scenario.split('-')
  const top = head + i * group
  parts.push(`<text class="name" x="${left - 10}" y="${top + 27}">${what}, QoS ${qos}</text>`)
  peers.forEach(([, peer], j) => {
    const value = ratio(all, scenario, peer)
    const y = top + j * (bar + 2)
    parts.push(`<rect class="p${j}" x="${left}" y="${y}" width="${(x(value) - left).toFixed(1)}" height="${bar}"/>`,
      `<text class="value" x="${(x(value) + 6).toFixed(1)}" y="${y + 11}">${number(value)}×</text>`)
  })
})
const legend = peers.map(([name], j) =>
  `<rect class="p${j}" x="${left + j * 150}" y="54" width="12" height="12"/><text x="${left + j * 150 + 18}" y="64">as ${name}</text>`)
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>Throughput of Godwit as a multiple of that of Vert.x, HiveMQ's client and Paho</title>
<style>
:root { --paper: #ffffff; --ink: #1b222c; --faint: #5d6876; --grid: #dfe4ea; --p0: #2463c4; --p1: #c2620e; --p2: #7a8594; }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e4e9ef; --faint: #9aa7b5; --grid: #2d3641;
  --p0: #6fa8ff; --p1: #f2a35c; --p2: #8b97a6; } }
.paper { fill: var(--paper); } .grid { stroke: var(--grid); }
text { fill: var(--faint); font: 12.5px system-ui, sans-serif; }
.heading { fill: var(--ink); font-size: 16px; font-weight: 600; } .name { fill: var(--ink); text-anchor: end; }
.value { fill: var(--ink); } .tick { text-anchor: middle; }
.p0 { fill: var(--p0); } .p1 { fill: var(--p1); } .p2 { fill: var(--p2); }
</style>
<rect class="paper" width="100%" height="100%"/>
<text class="heading" x="16" y="26">Godwit handles this many times as many messages a second</text>
<text x="16" y="45">64 bytes each, one connection, two cores; the fastest interface of each client; logarithmic scale</text>
${[...legend, ...parts].join('\n')}
</svg>
`
if (process.argv[2] !== '--check') {
  writeFileSync(file, svg)
} else if (!existsSync(file) || readFileSync(file, 'utf8') !== svg) {
  console.error('docs/images/throughput.svg is not what docs/performance.md says: node site/chart.mjs writes it')
  process.exit(1)
}
