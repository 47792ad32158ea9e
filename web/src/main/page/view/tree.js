// The topic tree: search, filters, and a tree grid that only has the rows in view.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../lib/html.js";
import { bytes, count, plural, rate, short, visible } from "../lib/format.js";
import { VirtualList } from "../lib/virtual.js";
import { hello, now, status } from "../model/store.js";
import { Icon } from "./icons.js";

const rowHeight = 26;
const overscan = 30;
const freshFor = 1_500;
const columns = [
  ["name", "Topic"],
  ["rate", "msg/s"],
  ["byteRate", "bytes/s"],
  ["count", "messages"],
  ["topics", "topics"],
];

export function TreePane({ here }) {
  return html`<section class="tree-pane" aria-label="All topics">
    <${Filters} here=${here} />
    <${Grid} here=${here} />
  </section>`;
}

function Filters({ here }) {
  const filter = here.filter.value;
  const tree = here.tree.value;
  const [payload, setPayload] = useState(Boolean(filter.payload));
  const set = (change) => {
    here.filter.value = { ...here.filter.value, ...change };
  };
  return html`<div class="filters" role="search">
    <div class="search">
      <${Icon} name="search" />
      <input id="search" type="search" placeholder="Search topics, or a filter such as plant/+/temp" aria-label="Search topics" spellcheck="false"
        autocomplete="off" value=${filter.topic ?? ""} onInput=${(event) => set({ topic: event.target.value })} />
    </div>
    <div class="row chips">
      <button type="button" class="chip" aria-pressed=${payload} onClick=${() => {
        if (payload) set({ payload: "" });
        setPayload(!payload);
      }}>Payload</button>
      <button type="button" class="chip" aria-pressed=${Boolean(filter.changedWithin)}
        onClick=${() => set({ changedWithin: filter.changedWithin ? 0 : 60 })}>Changed</button>
      <button type="button" class="chip" aria-pressed=${Boolean(filter.retained)} onClick=${() => set({ retained: !filter.retained })}>Retained</button>
      <span class="spacer"></span>
      <button type="button" class="chip plain" title="Close all rows" onClick=${() => here.closeAll()}>Collapse all</button>
    </div>
    ${payload &&
    html`<div class="row filter-line">
      <input type="search" placeholder="Text in the last payload" aria-label="Text in the payload" spellcheck="false" value=${filter.payload ?? ""}
        onInput=${(event) => set({ payload: event.target.value })} />
      <label class="check"><input type="checkbox" checked=${filter.matchCase} onChange=${(event) => set({ matchCase: event.target.checked })} /> Match case</label>
    </div>`}
    ${filter.changedWithin > 0 &&
    html`<label class="row filter-line"><span>Changed in the last</span>
      <select value=${filter.changedWithin} onChange=${(event) => set({ changedWithin: Number(event.target.value) })}>
        ${[[10, "10 seconds"], [60, "minute"], [600, "10 minutes"], [3600, "hour"], [86400, "day"]].map(
          ([value, text]) => html`<option value=${value} selected=${value === filter.changedWithin}>${text}</option>`,
        )}
      </select></label>`}
    <p class="matches muted" role="status">
      ${tree.matches != null ? `${plural(tree.matches, "topic matches", "topics match")}${tree.searching ? ", still searching …" : ""}` : ""}
    </p>
  </div>`;
}

function Grid({ here }) {
  const list = useRef(null);
  const tree = here.tree.value;
  const total = status.value?.rate || 0;
  const at = now.value;
  const sorted = here.sort.value;

  // A search starts at its first result.
  useEffect(() => list.current?.reveal(0), [here.filter.value, sorted, here.descending.value]);

  function range(first, end) {
    const most = hello.value?.limits?.rows ?? 500;
    const from = Math.max(0, first - overscan);
    const wanted = { first: from, count: Math.min(most, Math.max(80, end + overscan - from)) };
    const old = here.window.value;
    const inside = first >= old.first && end <= old.first + old.count;
    if (!inside || Math.abs(wanted.first - old.first) > overscan / 2) here.window.value = wanted;
  }

  function row(index) {
    const it = tree.rows[index - tree.first];
    if (!it) return html`<div class="tree-row waiting" key=${`waiting ${index}`} role="row" aria-rowindex=${index + 1}><span role="gridcell"></span></div>`;
    return html`<${Row} key=${it.id} here=${here} it=${it} index=${index} selected=${it.id === here.node.value} total=${total}
      fresh=${it.own && at - it.own.at < freshFor} />`;
  }

  const active = here.node.value !== null && tree.rows.some((it) => it.id === here.node.value) ? `row-${here.node.value}` : undefined;
  return html`<div class="tree" role="treegrid" aria-label="Topic tree" tabindex="0" aria-rowcount=${tree.total + 1} aria-activedescendant=${active}
    onKeyDown=${(event) => navigate(event, here, list.current)}>
    <div class="tree-head" role="row" aria-rowindex="1">
      ${columns.map(([name, title]) => html`<${Head} key=${name} here=${here} name=${name} title=${title} />`)}
    </div>
    <${VirtualList} class="tree-body" role="rowgroup" count=${tree.total} rowHeight=${rowHeight} row=${row} onRange=${range} handle=${list} tabindex="-1" />
    ${tree.received && tree.total === 0 && html`<div class="empty tree-empty" role="row"><span role="gridcell"><${NoRows} here=${here} /></span></div>`}
  </div>`;
}

function NoRows({ here }) {
  const filtered = Object.values(here.filter.value).some(Boolean);
  if (filtered) {
    return html`<p>No topic matches.</p><button type="button" onClick=${() => (here.filter.value = {})}>Clear the filter</button>`;
  }
  return html`<p>No message has arrived yet.</p>`;
}

function Head({ here, name, title }) {
  const on = here.sort.value === name;
  const order = on ? (here.descending.value ? "descending" : "ascending") : undefined;
  function sort() {
    // Names start with A, numbers with the largest.
    here.descending.value = on ? !here.descending.value : name !== "name";
    here.sort.value = name;
  }
  return html`<div class=${`cell ${name}`} role="columnheader" aria-sort=${order}>
    <button type="button" class="plain" tabindex="-1" onClick=${sort}>${title}<span aria-hidden="true">${on ? (here.descending.value ? " ↓" : " ↑") : ""}</span></button>
  </div>`;
}

function Row({ here, it, index, selected, total, fresh }) {
  function click(event) {
    if (event.target.closest(".twisty")) here.setOpen(it, !it.open, event.shiftKey);
    else {
      here.select(it.id, index);
      here.section.value = here.section.value === "publish" ? "publish" : "topics";
      here.detailInFront.value = true;
    }
  }
  const part = total > 0 ? Math.min(1, it.rate / total) : 0;
  const share = part < 0.02 ? 0 : part;
  const name = it.name === "" ? "(empty)" : visible(it.name);
  return html`<div class=${`tree-row ${selected ? "selected" : ""} ${fresh ? "fresh" : ""} ${it.match === false ? "above-match" : ""}`} id=${`row-${it.id}`}
    role="row" aria-level=${it.depth + 1} aria-rowindex=${index + 2} aria-selected=${selected} aria-expanded=${it.children > 0 ? Boolean(it.open) : undefined}
    onClick=${click} onDblClick=${() => it.children > 0 && here.setOpen(it, !it.open)}>
    <div class="cell name" role="gridcell" style=${{ paddingLeft: `${6 + Math.min(it.depth, 60) * 15}px` }}>
      <span class=${`twisty ${it.children > 0 ? "" : "leaf"} ${it.open ? "open" : ""}`} aria-hidden="true">${it.children > 0 && html`<${Icon} name="chevron" size="14" />`}</span>
      <span class=${`topic-name ${it.name === "" ? "muted" : ""}`} title=${it.nameLength ? `${count(it.nameLength)} characters` : undefined}>${name}</span>
      ${it.children > 0 && html`<span class="below" aria-hidden="true">${short(it.children)}</span>`}
      ${it.own?.retained && html`<span class="retained-mark" title="Retained" aria-label="retained">R</span>`}
      ${it.own && html`<span class="value mono">${it.own.decoder === "image" ? "image" : visible(it.own.text ?? "")}</span>`}
    </div>
    <div class="cell rate number" role="gridcell" style=${{ "--share": share.toFixed(3) }}>${rate(it.rate)}</div>
    <div class="cell byteRate number" role="gridcell">${it.byteRate >= 0.5 ? bytes(it.byteRate) : ""}</div>
    <div class="cell count number" role="gridcell">${short(it.count)}</div>
    <div class="cell topics number" role="gridcell">${it.children > 0 ? short(it.topics) : ""}</div>
  </div>`;
}

/** Arrow keys as in every tree: right opens or goes in, left closes or goes out. */
async function navigate(event, here, list) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("button")) return;
  const tree = here.tree.value;
  const index = here.cursor.value;
  const it = tree.rows[index - tree.first];
  const known = it && it.id === here.node.value;
  const moves = {
    ArrowDown: known ? index + 1 : index,
    ArrowUp: index - 1,
    Home: 0,
    End: tree.total - 1,
    PageDown: index + list.page(),
    PageUp: index - list.page(),
  };
  if (event.key in moves) go(here, list, moves[event.key]);
  else if (!known) return;
  else if (event.key === "ArrowRight") {
    if (it.children > 0 && !it.open) here.setOpen(it, true, event.shiftKey);
    else if (it.children > 0) go(here, list, index + 1);
  } else if (event.key === "ArrowLeft") {
    if (it.open) here.setOpen(it, false, event.shiftKey);
    else go(here, list, parentOf(tree, index));
  } else if (event.key === "*") here.setOpen(it, true, true);
  else if (event.key === "Enter") {
    here.section.value = "topics";
    here.detailInFront.value = true;
    requestAnimationFrame(() => document.getElementById("details")?.focus());
  } else if (event.key === " ") here.setOpen(it, !it.open);
  else return;
  event.preventDefault();
}

function parentOf(tree, index) {
  const depth = tree.rows[index - tree.first].depth;
  for (let i = index - 1; i >= tree.first; i--) if (tree.rows[i - tree.first].depth < depth) return i;
  return index;
}

/** Selects the row at an index; if its data is still on the way, once it is here. */
function go(here, list, index) {
  const tree = here.tree.value;
  const to = Math.max(0, Math.min(tree.total - 1, index));
  if (tree.total === 0) return;
  list.reveal(to);
  here.cursor.value = to;
  const it = tree.rows[to - tree.first];
  if (it) {
    here.select(it.id, to);
    return;
  }
  const stop = here.tree.subscribe((next) => {
    const found = next.rows[to - next.first];
    if (!found) return;
    queueMicrotask(() => stop());
    if (here.cursor.value === to) here.select(found.id, to);
  });
}
