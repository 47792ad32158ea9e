// What changed from an earlier message to the one that is shown.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../lib/html.js";
import { plural, time, visible } from "../lib/format.js";
import { request } from "../lib/socket.js";
import { useHistory } from "./history.js";

const pause = 300;
const marks = { "=": ["same", " "], "-": ["removed", "−"], "+": ["added", "+"], "…": ["skipped", "…"] };
const kinds = { changed: "changed", added: "added", removed: "removed" };

export function DiffDock({ here, it }) {
  const { values } = useHistory(here, it);
  const [from, setFrom] = useState(null);
  const [state, setState] = useState(null);
  const asked = useRef(0);
  const to = it.value?.value;

  useEffect(() => setFrom(null), [it.id]);
  useEffect(() => {
    if (to === undefined) return undefined;
    let current = true;
    // However fast messages come: a few comparisons per second.
    const timer = setTimeout(() => {
      asked.current = Date.now();
      const fields = { broker: here.broker, node: it.id, to, decoder: here.decoder.value, ...(from ? { from } : {}) };
      request("diff", fields).then(
        (diff) => current && setState({ diff }),
        (error) => current && setState({ error }),
      );
    }, Math.max(0, asked.current + pause - Date.now()));
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [it.id, to, from, here.decoder.value]);

  if (to === undefined) return html`<p class="muted nothing">No message on this topic itself.</p>`;
  const earlier = values.filter((value) => value.value < to);
  return html`<div class="diff">
    <div class="row dock-line">
      <label class="row"><span class="muted">Compared with</span>
        <select value=${from ?? ""} onChange=${(event) => setFrom(Number(event.target.value) || null)}>
          <option value="" selected=${!from}>the message before it</option>
          ${earlier.map((value) => html`<option key=${value.value} value=${value.value} selected=${from === value.value}>${time(value.at)} · ${visible(value.text ?? "").slice(0, 40)}</option>`)}
        </select>
      </label>
      ${state?.diff && html`<span class="badge">${summary(state.diff)}</span>`}
    </div>
    <div class="table-box" tabindex="0" role="region" aria-label="Changes">
      ${state?.error && html`<p class="muted nothing">${state.error.code === "gone" ? "There is no earlier message." : state.error.message}</p>`}
      ${state?.diff && html`<${Diff} it=${state.diff} />`}
      ${state?.diff?.complete === false && html`<p class="muted nothing">There are more changes than are shown.</p>`}
    </div>
  </div>`;
}

function summary(diff) {
  if (diff.same) return "no change";
  if (diff.form === "tree") return plural(diff.changes.length, "change");
  if (diff.form === "text") {
    const number = (mark) => diff.lines.filter(([kind]) => kind === mark).length;
    return `+${number("+")} −${number("-")} lines`;
  }
  return plural(diff.ranges.length, "range");
}

function Diff({ it }) {
  if (it.same) return html`<p class="muted nothing">Both payloads are the same.</p>`;
  if (it.form === "tree") {
    return html`<table class="changes">
      <thead><tr><th>Where</th><th>Before</th><th>After</th></tr></thead>
      <tbody>${it.changes.map(
        (change) => html`<tr key=${change.path} class=${kinds[change.kind]}>
          <td class="mono">${visible(change.path) || "the value"}<span class="hidden">, ${change.kind}</span></td>
          <td class="mono"><del>${visible(change.from ?? "")}</del></td>
          <td class="mono"><ins>${visible(change.to ?? "")}</ins></td>
        </tr>`,
      )}</tbody>
    </table>`;
  }
  if (it.form === "text") {
    return html`<div class="lines mono">${it.lines.map(([mark, text], index) => {
      const [kind, sign] = marks[mark] ?? marks["="];
      return html`<div key=${index} class=${`diff-line ${kind}`}><span class="sign" aria-label=${kind}>${sign}</span><span>${visible(text)}</span></div>`;
    })}</div>`;
  }
  return html`<table class="changes">
    <thead><tr><th>Offset</th><th>Before</th><th>After</th></tr></thead>
    <tbody>${it.ranges.map(
      (range) => html`<tr key=${range.offset} class="changed"><td class="mono">${range.offset.toString(16).padStart(8, "0")}</td>
        <td class="mono"><del>${pairs(range.from)}</del></td><td class="mono"><ins>${pairs(range.to)}</ins></td></tr>`,
    )}</tbody>
  </table>`;
}

function pairs(hex) {
  return (hex ?? "").replace(/(..)(?=.)/g, "$1 ");
}
