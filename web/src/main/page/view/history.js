// The kept values of a topic as a table, newest first; thinned out values show as gaps.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../lib/html.js";
import { bytes, count, plural, time, visible } from "../lib/format.js";
import { request } from "../lib/socket.js";
import { active, broker, readOnly } from "../model/store.js";
import { attempt } from "./action.js";
import { Icon, IconButton } from "./icons.js";
import { draftFrom, republish } from "./publish.js";

const pageSize = 100;
const refresh = 1_000;

export function useHistory(here, it) {
  const [state, setState] = useState({ values: [], more: false });
  const loaded = useRef(0);
  const last = it.value?.value;

  async function load(before) {
    const fields = { broker: here.broker, node: it.id, limit: pageSize, ...(before ? { before } : {}) };
    const answer = await request("history", fields).catch(() => null);
    if (!answer) return;
    setState((old) => {
      if (before) return { ...answer, values: [...old.values, ...answer.values] };
      // New ones come on top; older pages that were loaded stay.
      const oldest = answer.values.at(-1)?.value ?? Infinity;
      const rest = old.node === it.id ? old.values.filter((value) => value.value < oldest) : [];
      return { ...answer, node: it.id, values: [...answer.values, ...rest], more: rest.length ? old.more : answer.more };
    });
  }

  useEffect(() => {
    // At most once per second, however fast messages come.
    const timer = setTimeout(
      () => {
        loaded.current = Date.now();
        load();
      },
      Math.max(0, loaded.current + refresh - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [here.broker, it.id, here.value.value === null ? last : it.ownCount]);

  return { ...state, loadMore: () => load(state.values.at(-1)?.value) };
}

export function HistoryDock({ here, it }) {
  const { values, more, kept, thinned, loadMore } = useHistory(here, it);
  const shown = here.value.value;
  return html`<div class="history">
    <div class="row dock-line">
      <span class="muted">${plural(kept ?? it.kept ?? 0, "value")} kept${(thinned ?? it.thinned) > 0 ? `, ${count(thinned ?? it.thinned)} thinned out` : ""}</span>
      <span class="spacer"></span>
      <${Export} here=${here} it=${it} />
    </div>
    <div class="table-box" tabindex="0" role="region" aria-label="History">
      <table>
        <thead><tr><th>Time</th><th>Value</th><th class="number">QoS</th><th class="number">Size</th><th><span class="hidden">Actions</span></th></tr></thead>
        <tbody>
          ${values.map(
            (value) => html`<${HistoryRow} key=${value.value} here=${here} it=${it} value=${value} selected=${value.value === (shown ?? it.value?.value)} />`,
          )}
        </tbody>
      </table>
      ${more && html`<p class="nothing"><button type="button" onClick=${loadMore}>Load older values</button></p>`}
    </div>
  </div>`;
}

function HistoryRow({ here, it, value, selected }) {
  return html`<tr class=${selected ? "selected" : ""}>
      <td class="number"><button type="button" class="plain" aria-pressed=${selected} title="Show this value" onClick=${() => (here.value.value = value.value)}>${time(value.at)}</button></td>
      <td class="mono history-text">${visible(value.text ?? "")}${value.properties && html` <span class="badge">properties</span>`}${value.retain && html` <span class="badge">retain</span>`}</td>
      <td class="number">${value.qos}</td>
      <td class="number">${bytes(value.bytes)}</td>
      <td class="number"><span class="actions">
        <button type="button" class="chip" onClick=${() => compare(here, value)}>Changes</button>
        ${!readOnly.value && html`<button type="button" class="chip" onClick=${() => edit(here, it, value)}>Edit</button>`}
        ${!readOnly.value && broker.value?.kind !== "recording" &&
        html`<${IconButton} name="send" class="small" label="Publish again" onClick=${() => republish(here, it.id, value)} />`}
      </span></td>
    </tr>
    ${value.skipped > 0 && html`<tr class="gap"><td colspan="5">${plural(value.skipped, "value")} thinned out here</td></tr>`}`;
}

function compare(here, value) {
  here.value.value = value.value;
  here.dock.value = "diff";
}

async function edit(here, it, value) {
  const answer = await attempt("Reading the value", () => request("value", { broker: active.value, node: it.id, value: value.value, decoder: "text" }));
  if (!answer) return;
  here.draft.value = draftFrom(it.topic, answer.value);
  here.section.value = "publish";
}

function Export({ here, it }) {
  const address = (format, below) => {
    const query = new URLSearchParams({ broker: here.broker, node: String(it.id), format });
    if (below) query.set("below", "1");
    return `export?${query}`;
  };
  const below = it.children > 0;
  return html`<span class="row export">
    <span class="muted"><${Icon} name="download" /> Export</span>
    <a class="button" href=${address("csv", false)} download>CSV</a>
    <a class="button" href=${address("jsonl", false)} download title="As godwit record writes it: godwit play plays it">Recording</a>
    ${below && html`<a class="button" href=${address("csv", true)} download>CSV of all below</a>
      <a class="button" href=${address("jsonl", true)} download>Recording of all below</a>`}
  </span>`;
}
