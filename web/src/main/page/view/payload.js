// A payload as the JVM decoded it: JSON with folding, text, hex, or an image. Always as text nodes, in a list of the visible lines.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { html } from "../lib/html.js";
import { count, visible } from "../lib/format.js";
import { JsonError, literal, parse } from "../lib/json.js";
import { VirtualList } from "../lib/virtual.js";
import { attempt } from "./action.js";
import { Icon } from "./icons.js";

const lineHeight = 20;
const widest = 2_000;
const longestScalar = 40;
const largestTree = 4_000_000;

/** `address` is where the complete text is, `image` where the picture is, the same for every decoder; `onChart(path)` charts a number. */
export function Payload({ payload, address, image, onChart }) {
  const [whole, setWhole] = useState(null);
  const [wanted, setWanted] = useState(null);
  const key = `${address} ${payload.length}`;
  const text = whole?.key === key ? whole.text : payload.text;
  const complete = payload.complete !== false || whole?.key === key;

  // Asked for once, a message stays complete, whichever decoder shows it.
  const missing = !complete && wanted?.message === image;
  useEffect(() => {
    if (!missing) return;
    let current = true;
    attempt("Loading the payload", async () => {
      const response = await fetch(address);
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      const loaded = await response.text();
      if (current) setWhole({ key, text: loaded });
    });
    return () => (current = false);
  }, [wanted, key, missing]);

  return html`<div class="payload">
    ${payload.error && html`<div class="notice warn" role="status">${payload.error}</div>`}
    ${payload.note && html`<p class="note muted">${payload.note}</p>`}
    ${!complete &&
    html`<div class="notice row"><span>These are the first ${count(payload.text.length)} of ${count(payload.length)} characters.</span>
      <button type="button" onClick=${() => setWanted({ message: image })}>Show everything</button></div>`}
    ${isScalar(payload.form, text)
      ? html`<${Scalar} form=${payload.form} text=${text} onChart=${onChart} />`
      : payload.form === "image"
        ? html`<${Image} address=${image} it=${payload.image} />`
        : payload.form === "json" && complete && text.length <= largestTree
          ? html`<${Json} text=${text} onChart=${onChart} />`
          : html`<${Lines} text=${text} />`}
  </div>`;
}

function isScalar(form, text) {
  return (form === "json" || form === "text") && text.length > 0 && text.length <= longestScalar && !/[\n[{]/.test(text);
}

/** One short value, as large as a figure on an instrument. */
function Scalar({ form, text, onChart }) {
  const chartable = onChart && form === "json" && /^(?:-?\d|true|false)/.test(text);
  return html`<div class="code scalar mono" role="region" aria-label="Payload"><span>${visible(text)}</span>
    ${chartable && html`<button type="button" class="plain chart-this" aria-label="Chart the value" title="Chart this number" onClick=${() => onChart("")}><${Icon} name="chart" /></button>`}</div>`;
}

function Image({ address, it }) {
  return html`<figure class="image">
    <img src=${address} alt="The payload as an image" />
    <figcaption class="muted">${it?.type}${it?.width ? `, ${it.width} × ${it.height}` : ""}</figcaption>
  </figure>`;
}

/** Text by line, however long; a line that is wider than any window goes on in the next row. */
export function Lines({ text }) {
  const lines = useMemo(() => {
    const all = [];
    for (const line of text.split("\n")) {
      const clean = line.endsWith("\r") ? line.slice(0, -1) : line;
      for (let at = 0; at === 0 || at < clean.length; at += widest) all.push(clean.slice(at, at + widest));
    }
    return all;
  }, [text]);
  if (text === "") return html`<p class="muted nothing">The payload is empty.</p>`;
  return html`<${VirtualList} class="code mono" role="region" aria-label="Payload" tabindex="0" count=${lines.length} rowHeight=${lineHeight}
    row=${(index) => html`<div class="line" key=${index}>${visible(lines[index].replaceAll("\t", "    "))}</div>`} />`;
}

function Json({ text, onChart }) {
  const closed = useRef(new Set());
  const [, redraw] = useState(0);
  const root = useMemo(() => {
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof JsonError) return null;
      throw error;
    }
  }, [text]);
  if (!root) return html`<${Lines} text=${text} />`;
  const rows = flatten(root, closed.current);

  function toggle(row, deep) {
    const close = !closed.current.has(row.path);
    if (close) closed.current.add(row.path);
    else closed.current.delete(row.path);
    if (deep) each(row.node, row.path, (path) => (close ? closed.current.add(path) : closed.current.delete(path)));
    redraw((it) => it + 1);
  }

  return html`<${VirtualList} class="code json mono" role="region" aria-label="Payload" tabindex="0" count=${rows.length} rowHeight=${lineHeight}
    row=${(index) => html`<${JsonRow} key=${index} row=${rows[index]} onToggle=${toggle} onChart=${onChart} />`} />`;
}

function escape(key) {
  return String(key).replaceAll("~", "~0").replaceAll("/", "~1");
}

function each(node, path, action) {
  for (const child of node.children ?? []) {
    if (!child.children?.length) continue;
    const at = `${path}/${escape(child.key)}`;
    action(at);
    each(child, at, action);
  }
}

/** The lines to show: { node, path, depth, kind: "value" | "open" | "folded" | "close", last }. A path is a JSON pointer. */
function flatten(root, closed) {
  const rows = [];
  function add(node, path, depth, last) {
    if (!node.children?.length) {
      rows.push({ node, path, depth, kind: "value", last });
      return;
    }
    if (closed.has(path)) {
      rows.push({ node, path, depth, kind: "folded", last });
      return;
    }
    rows.push({ node, path, depth, kind: "open", last });
    node.children.forEach((child, index) => add(child, `${path}/${escape(child.key)}`, depth + 1, index === node.children.length - 1));
    rows.push({ node, path, depth, kind: "close", last });
  }
  add(root, "", 0, true);
  return rows;
}

function JsonRow({ row, onToggle, onChart }) {
  const { node, path, depth, kind, last } = row;
  const [open, close] = node.kind === "array" ? "[]" : "{}";
  const label = kind !== "close" && typeof node.key === "string" ? html`<span class="key">${JSON.stringify(visible(node.key.slice(0, widest)))}</span>: ` : "";
  const comma = last ? "" : ",";
  const indent = { paddingLeft: `${18 + Math.min(depth, 100) * 16}px` };
  if (kind === "close") return html`<div class="line" style=${indent}>${close}${comma}</div>`;
  if (kind === "value") {
    const value = node.children ? open + close : visible(node.kind === "string" && node.text.length > widest ? `${literal(node).slice(0, widest)}…` : literal(node));
    return html`<div class="line" style=${indent}>${label}<span class=${node.kind}>${value}</span>${comma}
      ${onChart && (node.kind === "number" || node.kind === "boolean") &&
      html`<button type="button" class="plain chart-this" aria-label=${`Chart ${path || "the value"}`} title="Chart this number" onClick=${() => onChart(path)}>
        <${Icon} name="chart" size="14" /></button>`}</div>`;
  }
  const folded = kind === "folded";
  const size = node.children.length;
  return html`<div class="line" style=${indent}>
    <button type="button" class=${`fold ${folded ? "" : "open"}`} aria-expanded=${!folded} aria-label=${`${folded ? "Unfold" : "Fold"} ${path || "the document"}`}
      title="With Shift: everything inside too" onClick=${(event) => onToggle(row, event.shiftKey)}><${Icon} name="chevron" size="12" /></button>
    ${label}${open}${folded && html`<span class="muted"> ${size} ${node.kind === "array" ? (size === 1 ? "element" : "elements") : size === 1 ? "member" : "members"} </span>${close}${comma}`}
  </div>`;
}

/** Where the payload of a value is, and in which form. */
export function payloadAddress(broker, value, as, decoder) {
  const query = new URLSearchParams({ broker, value: String(value) });
  if (as) query.set("as", as);
  if (decoder) query.set("decoder", decoder);
  return `payload?${query}`;
}

