// What the broker says about itself below $SYS.
import { useEffect, useRef } from "preact/hooks";
import { html } from "../lib/html.js";
import { bytes, count, uptime, visible } from "../lib/format.js";
import { now } from "../model/store.js";
import { attempt } from "./action.js";

const remembered = 120;

// In the order of the tiles; the first topic that the broker has counts. Mosquitto's names, then those of others.
const tiles = [
  ["Clients connected", count, ["broker/clients/connected", "broker/clients/active", "brokers/connections/count"]],
  ["Messages in, per minute", count, ["broker/load/messages/received/1min", "broker/load/publish/received/1min"]],
  ["Messages out, per minute", count, ["broker/load/messages/sent/1min", "broker/load/publish/sent/1min"]],
  ["Bytes in, per minute", bytes, ["broker/load/bytes/received/1min"]],
  ["Bytes out, per minute", bytes, ["broker/load/bytes/sent/1min"]],
  ["Messages received", count, ["broker/messages/received"]],
  ["Messages sent", count, ["broker/messages/sent"]],
  ["Messages dropped", count, ["broker/publish/messages/dropped", "broker/messages/dropped"]],
  ["Retained messages", count, ["broker/retained messages/count", "broker/retained/count", "broker/messages/retained/count"]],
  ["Subscriptions", count, ["broker/subscriptions/count"]],
  ["Stored messages", count, ["broker/store/messages/count", "broker/messages/stored"]],
  ["Memory", bytes, ["broker/heap/current size", "broker/heap/current"]],
];

export function DashboardPanel({ here }) {
  const sys = here.sys.value;
  const past = useRef(new Map());
  const byName = new Map(sys.map((it) => [it.topic.replace(/^\$SYS\//, ""), it]));
  useEffect(() => {
    for (const it of sys) if (it.number != null) remember(past.current, it);
  }, [sys]);

  if (sys.length === 0) {
    return html`<div class="empty"><p>This broker has sent nothing below <code>$SYS</code> yet.</p>
      <p class="muted">Some brokers publish every few seconds, some only for certain users, some not at all.</p></div>`;
  }
  const facts = tiles.map(([title, format, names]) => [title, format, names.map((name) => byName.get(name)).find(Boolean)]).filter(([, , it]) => it);
  const version = byName.get("broker/version")?.text;
  const running = byName.get("broker/uptime");
  return html`<div class="dashboard">
    <header class="row">
      <h2>${version ? visible(version) : "The broker about itself"}</h2>
      ${running?.number != null ? html`<span class="badge good">up for ${uptime(running.number)}</span>` : running && html`<span class="badge">up for ${visible(running.text)}</span>`}
    </header>
    <dl class="tiles">
      ${facts.map(
        ([title, format, it]) => html`<div class="tile" key=${title}>
          <dt>${title}</dt>
          <dd>${it.number != null ? format(it.number) : visible(it.text)}</dd>
          <${Spark} values=${past.current.get(it.topic)} />
        </div>`,
      )}
    </dl>
    <h3>All topics below $SYS</h3>
    <div class="table-box" tabindex="0" role="region" aria-label="All topics below $SYS">
      <table>
        <thead><tr><th>Topic</th><th class="number">Value</th><th class="number">Age</th></tr></thead>
        <tbody>${sys.map(
          (it) => html`<tr key=${it.topic}>
            <td class="mono"><button type="button" class="plain" onClick=${() => attempt("Showing the topic", () => here.reveal({ node: it.node }))}>${visible(it.topic.replace(/^\$SYS\//, ""))}</button></td>
            <td class="number mono">${visible(it.text ?? "")}</td>
            <td class="number muted">${it.at ? uptime(Math.max(0, (now.value - it.at) / 1000)) : ""}</td>
          </tr>`,
        )}</tbody>
      </table>
    </div>
  </div>`;
}

function remember(past, it) {
  const values = past.get(it.topic) ?? [];
  if (values.at(-1)?.at === it.at) return;
  values.push({ at: it.at, value: it.number });
  past.set(it.topic, values.slice(-remembered));
}

/** The last values as a line without axes. */
function Spark({ values }) {
  if (!values || values.length < 2) return html`<svg class="spark" viewBox="0 0 120 28" aria-hidden="true"></svg>`;
  const numbers = values.map((it) => it.value);
  const least = Math.min(...numbers);
  const height = Math.max(...numbers) - least || 1;
  const points = numbers.map((value, index) => `${((index / (numbers.length - 1)) * 120).toFixed(1)},${(26 - ((value - least) / height) * 24).toFixed(1)}`);
  return html`<svg class="spark" viewBox="0 0 120 28" preserveAspectRatio="none" aria-hidden="true"><polyline points=${points.join(" ")} fill="none" stroke="currentColor" stroke-width="1.5" vector-effect="non-scaling-stroke" /></svg>`;
}
