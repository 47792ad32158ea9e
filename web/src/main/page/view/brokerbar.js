// Below the tabs: the connection in one line, the totals, and what the page shows.
import { html } from "../lib/html.js";
import { bytes, count, rate } from "../lib/format.js";
import { request } from "../lib/socket.js";
import { broker, now, readOnly, status } from "../model/store.js";
import { Advice, attempt } from "./action.js";
import { Icon } from "./icons.js";

const words = {
  connecting: "connecting",
  connected: "connected",
  waiting: "trying again",
  failed: "not connected",
  closed: "closed",
  loading: "loading",
  paused: "paused",
  playing: "playing",
  ended: "at the end",
};
const looks = { connected: "good", playing: "good", failed: "bad", connecting: "warn", waiting: "warn", loading: "warn" };
const versions = { 3: "MQTT 3.1", 4: "MQTT 3.1.1", 5: "MQTT 5" };

export function versionName(version) {
  return version ? (versions[version] ?? `MQTT ${version}`) : "";
}

export function BrokerBar({ here }) {
  const it = broker.value;
  const totals = status.value;
  if (!it) return null;
  const live = it.kind !== "recording";
  const sections = [
    ["topics", "Topics"],
    ["publish", "Publish"],
    ...(live ? [["retained", "Retained"], ["dashboard", "Dashboard"]] : []),
    ["connection", live ? "Connection" : "Recording"],
  ];
  return html`<div class="broker-bar">
      <div class="row broker-facts">
        <span class=${`badge ${looks[it.state] ?? ""}`}>${words[it.state] ?? it.state}</span>
        <span class="address mono" title=${it.address}>${it.address}</span>
        <span class="badge wide-only">${live ? versionName(it.version) || "MQTT" : "recording"}</span>
        ${readOnly.value && html`<span class="badge">read-only</span>`}
        ${totals?.recording && html`<span class="badge bad"><${Icon} name="record" size="12" />recording ${count(totals.recording.messages)}</span>`}
      </div>
      <nav class="sections" aria-label="Views">
        ${sections.map(
          ([name, title]) => html`<button type="button" key=${name} aria-current=${here.section.value === name ? "page" : undefined}
            onClick=${() => open(here, name)}>${title}</button>`,
        )}
      </nav>
      <dl class="totals">
        <${Total} name="messages/s" value=${rate(totals?.rate) || "0"} />
        <${Total} name="per second" value=${bytes(totals?.byteRate ?? 0)} />
        <${Total} name="topics" value=${count(totals?.topics ?? 0)} />
      </dl>
    </div>
    <${Problem} it=${it} />`;
}

function open(here, name) {
  here.section.value = name;
  here.detailInFront.value = false;
}

function Total({ name, value }) {
  return html`<div><dt>${name}</dt><dd class="number">${value}</dd></div>`;
}

/** Why there is no connection, in the words of the doctor. */
export function Problem({ it }) {
  const { problem } = it;
  if (!problem || (!problem.text && !problem.refused?.length)) return null;
  const seconds = it.next ? Math.max(0, Math.ceil((it.next - now.value) / 1000)) : null;
  return html`<div class=${`notice problem ${it.state === "connected" ? "warn" : "bad"}`} role="status">
    <div>
      ${problem.text && html`<p><strong>${problem.text}</strong>${it.state === "waiting" && seconds !== null ? ` · next attempt in ${seconds} s` : ""}</p>`}
      <${Advice} lines=${problem.advice} />
      ${problem.refused?.map((no) => html`<p key=${no.filter}>The broker refused the subscription to <code>${no.filter}</code>: ${no.text}</p>`)}
    </div>
    ${it.state !== "connected" &&
    html`<button type="button" onClick=${() => attempt("Connecting", () => request("reconnect", { broker: it.broker }))}>Connect now</button>`}
  </div>`;
}
