// The connection of a broker: what it is, what is wrong with it, and what can be done. Of a recording: what is known of it.
import { useState } from "preact/hooks";
import { html } from "../lib/html.js";
import { bytes, count, plural, time, uptime, visible } from "../lib/format.js";
import { request } from "../lib/socket.js";
import { broker, now, readOnly, select, status } from "../model/store.js";
import { attempt, copy } from "./action.js";
import { versionName } from "./brokerbar.js";
import { Icon } from "./icons.js";

const looks = { good: "good", warning: "warn", failed: "bad", skipped: "" };

export function ConnectionPanel({ here }) {
  const it = broker.value;
  const live = it.kind !== "recording";
  return html`<div class="connection">
    <h2>${visible(it.name)}</h2>
    <dl class="facts-list">
      <${Fact} name="Address" value=${it.address} />
      ${live && html`<${Fact} name="State" value=${`${it.state}${it.attempt > 1 ? `, attempt ${it.attempt}` : ""}`} />`}
      ${live && it.state === "connected" && it.since && html`<${Fact} name="Connected for" value=${uptime((now.value - it.since) / 1000)} />`}
      <${Fact} name="Protocol" value=${live ? versionName(it.version) : null} />
      <${Fact} name="Client identifier" value=${it.clientId} />
      <${Fact} name="User" value=${it.user} />
      <${Fact} name="Subscriptions" value=${it.filters?.join("  ")} />
      ${it.timeline && html`<${Fact} name="From" value=${time(it.timeline.start)} /><${Fact} name="Length" value=${uptime(it.timeline.duration / 1000)} /><${Fact} name="Messages" value=${count(it.timeline.messages)} />`}
    </dl>
    <div class="row">
      ${live && it.state !== "connected" && html`<button type="button" class="primary" onClick=${() => attempt("Connecting", () => request("reconnect", { broker: it.broker }))}>Connect now</button>`}
      <button type="button" onClick=${() => attempt("Clearing the tree", () => request("clearTree", { broker: it.broker }))}>Forget topics and histories</button>
      <button type="button" class="danger" onClick=${() => attempt("Removing", () => request("removeBroker", { broker: it.broker }))}>${live ? "Disconnect and remove" : "Close the recording"}</button>
    </div>
    ${live && html`<${Recorder} here=${here} it=${it} /><${Diagnosis} it=${it} key=${it.broker} />`}
    <${Share} />
  </div>`;
}

function Fact({ name, value }) {
  return value ? html`<div><dt>${name}</dt><dd class="mono">${visible(String(value))}</dd></div>` : null;
}

/** Writes what arrives to a recording. */
function Recorder({ here, it }) {
  const [filter, setFilter] = useState("");
  const [done, setDone] = useState(null);
  const running = status.value?.recording;
  async function stop() {
    setDone((await attempt("Stopping the recording", () => request("stopRecording", { broker: it.broker }))) ?? null);
  }
  return html`<section class="card" aria-label="Record">
    <h3>Record what arrives</h3>
    ${running
      ? html`<div class="row"><span class="badge bad"><${Icon} name="record" size="12" />recording</span>
          <span>${plural(running.messages, "message")}, ${bytes(running.bytes)}</span><button type="button" onClick=${stop}>Stop</button></div>`
      : html`<form class="row" onSubmit=${(event) => {
          event.preventDefault();
          setDone(null);
          attempt("Recording", () => request("record", { broker: it.broker, ...(filter ? { filter } : {}) }));
        }}>
          <input class="mono grow" aria-label="Topic filter of the recording" placeholder="a topic filter; empty for everything" value=${filter} onInput=${(event) => setFilter(event.target.value)} />
          <button type="submit"><${Icon} name="record" /> Record</button>
        </form>`}
    ${done &&
    html`<div class="notice good row" role="status"><span>${plural(done.messages, "message")}, ${bytes(done.bytes)}.</span>
      <a class="button" href=${`export?recording=${encodeURIComponent(done.recording)}`} download><${Icon} name="download" /> Save</a>
      <button type="button" onClick=${async () => {
        const opened = await attempt("Opening the recording", () => request("openRecording", { recording: done.recording }));
        if (opened) select(opened.broker);
      }}>Open it here</button></div>`}
  </section>`;
}

/** What the doctor finds out about the way to the broker. */
function Diagnosis({ it }) {
  const [checks, setChecks] = useState(null);
  const [busy, setBusy] = useState(false);
  async function run() {
    setBusy(true);
    const answer = await attempt("The diagnosis", () => request("diagnose", { broker: it.broker }));
    setBusy(false);
    if (answer) setChecks(answer.checks);
  }
  return html`<section class="card" aria-label="Diagnosis">
    <div class="row"><h3>Diagnosis</h3><span class="muted">Checks each step of the way to the broker, as <code>godwit doctor</code> does.</span>
      <span class="spacer"></span><button type="button" disabled=${busy} onClick=${run}>${busy ? "Checking …" : "Run"}</button></div>
    ${checks &&
    html`<ul class="checks">${checks.map(
      (check, index) => html`<li key=${index}>
        <span class=${`badge ${looks[check.status] ?? ""}`}>${check.status}</span>
        <div><strong>${check.step}</strong> ${visible(check.text ?? "")}
          ${check.details?.map((line) => html`<p class="muted">${visible(line)}</p>`)}</div>
        <span class="number muted">${check.ms != null ? `${count(check.ms)} ms` : ""}</span>
      </li>`,
    )}</ul>`}
  </section>`;
}

function Share() {
  const [address, setAddress] = useState(null);
  if (readOnly.value) return null;
  return html`<section class="card" aria-label="Another browser">
    <div class="row"><h3>Another browser</h3><span class="muted">An address that opens this page once.</span><span class="spacer"></span>
      <button type="button" onClick=${async () => setAddress((await attempt("Making an address", () => request("link")))?.address ?? null)}>Make an address</button></div>
    ${address && html`<div class="row"><input class="mono grow" readonly aria-label="Address" value=${address} /><button type="button" onClick=${() => copy(address)}><${Icon} name="copy" /> Copy</button></div>`}
  </section>`;
}
