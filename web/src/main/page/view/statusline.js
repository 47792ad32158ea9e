// At the bottom: what is kept, and what was dropped to stay within the memory budget.
import { html } from "../lib/html.js";
import { bytes, count, plural } from "../lib/format.js";
import { hello } from "../model/store.js";

const kinds = [
  ["topics", "topic", "topics that were not updated for longest were forgotten to stay within the memory budget"],
  ["values", "old value", "histories were thinned out to stay within the memory budget"],
  ["payloads", "payload", "payloads were larger than the whole memory budget"],
  ["messages", "message", "messages came faster than this machine could take them in"],
];

export function StatusLine({ status }) {
  if (!status) return html`<footer class="status-line"></footer>`;
  const budget = hello.value?.memory ?? 0;
  const dropped = kinds.filter(([name]) => status.dropped?.[name] > 0);
  return html`<footer class="status-line">
    <span>${plural(status.messages, "message")}</span>
    <span class="wide-only">${plural(status.history, "value")} kept</span>
    <span class="row memory">
      <span>Memory ${bytes(status.memory)}${budget ? ` of ${bytes(budget)}` : ""}</span>
      <meter min="0" max=${budget || 1} value=${status.memory} aria-label="Memory in use">${bytes(status.memory)}</meter>
    </span>
    <span class="spacer"></span>
    ${dropped.length > 0 &&
    html`<span class="dropped" title=${dropped.map(([name, , why]) => `${count(status.dropped[name])}: ${why}`).join("\n")}>
      Dropped ${dropped.map(([name, one]) => plural(status.dropped[name], one)).join(", ")}
    </span>`}
  </footer>`;
}
