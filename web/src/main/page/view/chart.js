// Numbers of payloads over time, several in one chart.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { html } from "../lib/html.js";
import { count, time, visible } from "../lib/format.js";
import { request } from "../lib/socket.js";
import { chart, dropUnpinned, onChange, pointsOf, remove } from "../model/charts.js";
import { brokers, now, series } from "../model/store.js";
import { theme } from "../model/theme.js";
import { failure } from "./action.js";
import { IconButton } from "./icons.js";

const spans = [[60, "1 min"], [600, "10 min"], [3600, "1 h"], [0, "All"]];
const span = signal(0);
const ownScales = signal(false);

/** Keeps a number in the chart while other topics are shown. */
export async function pin(here, it, path) {
  here.dock.value = "chart";
  const refused = await chart({ broker: here.broker, node: it.id, topic: it.topic, path, pinned: true });
  if (refused) failure.value = { what: "Charting", text: refused };
}

export function ChartDock({ here, it }) {
  const [paths, setPaths] = useState([]);
  const hasValue = Boolean(it.value);
  useEffect(() => {
    let current = true;
    setPaths([]);
    request("paths", { broker: here.broker, node: it.id }).then(
      (answer) => {
        if (!current) return;
        setPaths(answer.paths);
        if (answer.paths.length) chart({ broker: here.broker, node: it.id, topic: it.topic, path: answer.paths[0].path, pinned: false });
        else dropUnpinned();
      },
      () => current && dropUnpinned(),
    );
    return () => {
      current = false;
    };
  }, [here.broker, it.id, hasValue]);

  const shown = series.value;
  return html`<div class="charts">
    <div class="row dock-line">
      <div class="row chips" role="group" aria-label="Time span">
        ${spans.map(([seconds, title]) => html`<button type="button" class="chip" key=${title} aria-pressed=${span.value === seconds} onClick=${() => (span.value = seconds)}>${title}</button>`)}
      </div>
      ${shown.length > 1 &&
      html`<button type="button" class="chip" aria-pressed=${ownScales.value} title="Each series with a scale of its own" onClick=${() => (ownScales.value = !ownScales.value)}>Own scales</button>`}
      <span class="spacer"></span>
      ${paths.length > 0 &&
      html`<label><span class="hidden">Chart a number of this topic</span>
        <select value="-" onChange=${(event) => {
          if (event.target.value !== "-") pin(here, it, event.target.value);
          event.target.value = "-";
        }}>
          <option value="-" selected>Add a number …</option>
          ${paths.map(({ path, number }) => html`<option key=${path} value=${path}>${path || "the value"} (${number})</option>`)}
        </select></label>`}
    </div>
    ${shown.length === 0
      ? html`<p class="muted nothing">This payload has no number to chart.</p>`
      : html`<${Plot} shown=${shown} /><${Legend} shown=${shown} />`}
  </div>`;
}

function label(it) {
  const several = series.value.some((other) => other.broker !== it.broker) ? `${brokers.value.find((other) => other.broker === it.broker)?.name ?? ""}: ` : "";
  return `${several}${visible(it.topic ?? "")}${it.path ? ` ${it.path}` : ""}`;
}

/** A table of the series: the chart's legend, and what a screen reader reads of it. */
function Legend({ shown }) {
  const [, redraw] = useState(0);
  useEffect(() => onChange(() => redraw((it) => it + 1)), []);
  return html`<div class="legend" tabindex="0" role="region" aria-label="Charted series"><table>
    <thead class="hidden"><tr><th>Series</th><th>Last</th><th>Least</th><th>Greatest</th><th>Actions</th></tr></thead>
    <tbody>${shown.map((it) => {
      const values = pointsOf(it.key).y.filter((value) => value !== null);
      const [least, greatest] = extent(values);
      return html`<tr key=${it.key}>
        <td class="mono legend-name"><span class="swatch" style=${{ background: `var(--chart-${it.colour})` }}></span>${label(it)}
          ${(it.thinned > 0 || it.reduced) && html` <span class="badge" title="Older points were thinned out">thinned</span>`}</td>
        <td class="number"><strong>${number(values.at(-1))}</strong></td>
        <td class="number muted"><span class="wide-only">min </span>${number(least)}</td>
        <td class="number muted"><span class="wide-only">max </span>${number(greatest)}</td>
        <td class="number"><span class="actions">
          ${!it.pinned && html`<${IconButton} name="pin" class="small" label="Keep in the chart" onClick=${() => chart({ ...it, pinned: true })} />`}
          <${IconButton} name="close" class="small" label=${`Remove ${label(it)} from the chart`} onClick=${() => remove(it.key)} />
        </span></td>
      </tr>`;
    })}</tbody>
  </table></div>`;
}

function extent(values) {
  let least = Infinity;
  let greatest = -Infinity;
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return values.length ? [least, greatest] : [undefined, undefined];
}

function number(value) {
  return value === undefined ? "" : Number.isInteger(value) ? count(value) : Number(value.toPrecision(6)).toLocaleString("en", { maximumFractionDigits: 6 });
}

function Plot({ shown }) {
  const box = useRef(null);
  const tip = useRef(null);
  const shape = `${shown.map((it) => it.key).join()} ${theme.value} ${ownScales.value}`;

  useEffect(() => {
    const element = box.current;
    const plot = new uPlot(options(shown, element, tip.current), data(shown), element);
    const range = () => {
      const seconds = span.peek();
      const end = now.peek() / 1000;
      if (seconds) plot.setScale("x", { min: end - seconds, max: end });
    };
    const draw = () => {
      plot.setData(data(shown), span.peek() === 0);
      range();
    };
    const stopData = onChange(draw);
    const stopSpan = span.subscribe(draw);
    const observer = new ResizeObserver(() => plot.setSize(size(element)));
    observer.observe(element);
    return () => {
      stopData();
      stopSpan();
      observer.disconnect();
      plot.destroy();
    };
  }, [shape]);

  return html`<div class="plot" ref=${box} role="img" aria-label=${`Chart of ${shown.map(label).join(", ")}`}><div class="tip" ref=${tip} hidden></div></div>`;
}

function size(box) {
  return { width: Math.max(120, box.clientWidth), height: Math.max(90, box.clientHeight) };
}

function data(shown) {
  const tables = shown.map((it) => {
    const { x, y } = pointsOf(it.key);
    return x.length ? [x, y] : [[now.peek() / 1000], [null]];
  });
  return tables.length === 1 ? tables[0] : uPlot.join(tables);
}

function options(shown, box, tip) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const font = "12px system-ui, sans-serif";
  const separate = ownScales.peek() && shown.length > 1;
  const axis = { stroke: colour("--muted"), font, grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  const scaleOf = (it) => (separate ? it.key : "y");
  return {
    ...size(box),
    legend: { show: false },
    padding: [10, 26, 0, 0],
    cursor: { points: { size: 7 }, y: false, drag: { x: true, y: false } },
    scales: { x: { time: true } },
    axes: [
      { ...axis, values: times, space: 76 },
      ...(separate
        ? shown.slice(0, 2).map((it, index) => ({ ...axis, scale: it.key, side: index === 0 ? 3 : 1, size: 56, stroke: colour(`--chart-${it.colour}`), grid: { show: index === 0, stroke: colour("--line"), width: 1 } }))
        : [{ ...axis, scale: "y", size: 56 }]),
    ],
    series: [
      {},
      ...shown.map((it) => ({
        label: label(it),
        scale: scaleOf(it),
        stroke: colour(`--chart-${it.colour}`),
        width: 1.75,
        points: { show: (_plot, _index, from, to) => to - from < 60, size: 5 },
      })),
    ],
    hooks: { setCursor: [(plot) => showTip(plot, shown, tip)] },
  };
}

/** Labels of the time axis: as exact as the distance between two of them. */
function times(_plot, splits) {
  const step = splits.length > 1 ? splits[1] - splits[0] : 1;
  return splits.map((seconds) => {
    const clock = time(seconds * 1000);
    if (step < 1) return clock.slice(-9);
    const minutes = clock.slice(0, -4);
    return step < 60 ? minutes : minutes.slice(0, -3);
  });
}

/** The time and the values under the pointer. */
function showTip(plot, shown, tip) {
  const { idx, left } = plot.cursor;
  if (idx == null || left < 0) {
    tip.hidden = true;
    return;
  }
  const rows = shown.map((_, index) => plot.data[index + 1][idx]).map((value) => (value == null ? "–" : number(value)));
  tip.textContent = `${time(plot.data[0][idx] * 1000)}   ${rows.join("   ")}`;
  tip.hidden = false;
  const room = plot.bbox.width / devicePixelRatio;
  tip.style.left = `${Math.min(left, room - tip.clientWidth) + plot.bbox.left / devicePixelRatio}px`;
}
