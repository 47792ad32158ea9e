// Retained messages: counted first, then cleared by filter, with an undo.
import { useState } from "preact/hooks";
import { html } from "../lib/html.js";
import { bytes, count, plural, visible } from "../lib/format.js";
import { request } from "../lib/socket.js";
import { readOnly } from "../model/store.js";
import { attempt } from "./action.js";

export function RetainedPanel({ here }) {
  const [filter, setFilter] = useState(here.detail.value?.topic ? `${here.detail.value.topic}/#` : "#");
  const [scan, setScan] = useState(null);
  const [cleared, setCleared] = useState(null);
  const [restored, setRestored] = useState(null);
  const [confirming, setConfirming] = useState(false);
  const [progress, setProgress] = useState(null);
  const broker = here.broker;

  async function run(what, op, fields, then) {
    setProgress({ what, done: 0, total: 0 });
    const answer = await attempt(what, () => request(op, { broker, ...fields }, (done, total) => setProgress({ what, done, total })));
    setProgress(null);
    if (answer) then(answer);
  }

  function search(event) {
    event.preventDefault();
    setCleared(null);
    setRestored(null);
    setConfirming(false);
    run("Counting", "retainedCount", { filter }, (answer) => setScan({ ...answer, filter }));
  }

  return html`<div class="retained">
    <h2>Retained messages</h2>
    <p class="muted">The broker keeps the last message with the retain flag of each topic and sends it to every new subscriber.</p>
    <form class="row" onSubmit=${search}>
      <input class="mono grow" name="filter" aria-label="Topic filter" required spellcheck="false" value=${filter} onInput=${(event) => setFilter(event.target.value)} />
      <button type="submit" class="primary" disabled=${Boolean(progress)}>Count</button>
    </form>
    ${progress &&
    html`<div class="row" role="status"><span>${progress.what} …</span>
      ${progress.total > 0 && html`<progress max=${progress.total} value=${progress.done} aria-label=${progress.what}></progress><span class="muted">${count(progress.done)} of ${count(progress.total)}</span>`}</div>`}
    ${scan &&
    html`<section class="scan" aria-label="Found">
      <div class="row">
        <strong>${plural(scan.count, "retained message")}</strong><span class="muted">matching <code>${scan.filter}</code>, ${bytes(scan.bytes)}</span>
        <span class="spacer"></span>
        ${scan.count > 0 && !cleared && !readOnly.value && !confirming &&
        html`<button type="button" class="danger" disabled=${Boolean(progress)} onClick=${() => setConfirming(true)}>Clear ${scan.count === 1 ? "it" : `all ${count(scan.count)}`} …</button>`}
      </div>
      ${scan.complete === false && html`<p class="notice warn">The broker sent other messages each time: this may not be all of them.</p>`}
      ${confirming &&
      html`<div class="notice bad row" role="alertdialog" aria-label="Clear retained messages">
        <span>Clear ${plural(scan.count, "retained message")} at the broker? Godwit keeps a copy, so that you can undo it.</span>
        <button type="button" class="danger" onClick=${() => {
          setConfirming(false);
          run("Clearing", "retainedClear", { scan: scan.scan }, setCleared);
        }}>Clear</button>
        <button type="button" onClick=${() => setConfirming(false)}>Keep</button>
      </div>`}
      ${cleared &&
      html`<div class=${`notice row ${cleared.left > 0 ? "warn" : "good"}`} role="status">
        <span>Cleared ${count(cleared.cleared)}${cleared.left > 0 ? `; ${count(cleared.left)} are left: ${cleared.text ?? ""}` : ""}.</span>
        ${cleared.undo && !restored &&
        html`<button type="button" onClick=${() => run("Restoring", "retainedUndo", { undo: cleared.undo }, setRestored)}>Undo</button>`}
      </div>`}
      ${restored &&
      html`<p class=${`notice ${restored.left > 0 ? "warn" : "good"}`} role="status">Restored ${count(restored.restored)}${restored.left > 0 ? `; ${count(restored.left)} are not: ${restored.text ?? ""}` : ""}.</p>`}
      ${scan.topics?.length > 0 &&
      html`<ul class="scan-topics mono" tabindex="0" aria-label="Topics">
        ${scan.topics.map((topic) => html`<li key=${topic}><button type="button" class="plain" onClick=${() => attempt("Showing the topic", () => here.reveal({ topic }))}>${visible(topic)}</button></li>`)}
      </ul>
      ${scan.count > scan.topics.length && html`<p class="muted">and ${count(scan.count - scan.topics.length)} more</p>`}`}
    </section>`}
  </div>`;
}
