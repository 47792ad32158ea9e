// Messages as they arrive: of the topic, or of everything below it.
import { html } from "../lib/html.js";
import { bytes, plural, time, visible } from "../lib/format.js";
import { VirtualList } from "../lib/virtual.js";
import { attempt } from "./action.js";

export function LiveDock({ here }) {
  const log = here.log.value;
  const skipped = here.logSkipped.value;
  return html`<div class="live">
    <div class="row dock-line">
      <label class="check"><input type="checkbox" checked=${here.below.value} onChange=${(event) => {
        here.clearLog();
        here.below.value = event.target.checked;
      }} /> with everything below</label>
      <button type="button" class="chip" aria-pressed=${here.paused.value} onClick=${() => (here.paused.value = !here.paused.value)}>Pause</button>
      <button type="button" class="chip" onClick=${() => here.clearLog()}>Clear</button>
      <span class="spacer"></span>
      ${skipped > 0 && html`<span class="badge warn" title="More messages arrived than can be shown">${plural(skipped, "message")} not shown</span>`}
    </div>
    ${log.length === 0
      ? html`<p class="muted nothing">${here.paused.value ? "Paused." : "Waiting for a message …"}</p>`
      : html`<${VirtualList} class="log" role="log" aria-live="off" aria-label="Messages" tabindex="0" count=${log.length} rowHeight=${24} follow=${!here.paused.value}
          row=${(index) => html`<${LogRow} key=${log[index].value} here=${here} it=${log[index]} />`} />`}
  </div>`;
}

function LogRow({ here, it }) {
  return html`<div class="log-row">
    <span class="number muted">${time(it.at)}</span>
    <button type="button" class="plain log-topic mono" title=${it.topic} onClick=${() => attempt("Showing the topic", () => here.reveal({ node: it.node }))}>${visible(it.topic ?? "")}</button>
    <span class="mono log-text">${visible(it.text ?? "")}</span>
    <span class="number muted">${bytes(it.bytes)}</span>
  </div>`;
}
