// The charted series and their points. Points are plain arrays; the chart draws at most once per frame.
import { request } from "../lib/socket.js";
import { onPoints, series, setSince } from "./store.js";

const mostPoints = 20_000;
const firstPoints = 2_000;
const most = 6;

const points = new Map();
const listeners = new Set();
let lastKey = 0;
let frame = 0;

setSince((key) => {
  const last = points.get(key)?.x.at(-1);
  return last === undefined ? null : Math.round(last * 1000);
});

onPoints(({ key, points: added, reset }) => {
  const it = points.get(key);
  if (!it) return;
  if (reset) it.x.length = it.y.length = 0;
  for (const [time, value] of added) {
    // The same message may be in the answer to `series` and in the first update.
    if (it.x.length && time / 1000 < it.x.at(-1)) continue;
    it.x.push(time / 1000);
    it.y.push(value);
  }
  if (it.x.length > mostPoints) {
    it.x.splice(0, it.x.length - mostPoints);
    it.y.splice(0, it.y.length - mostPoints);
  }
  changed();
});

function changed() {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    listeners.forEach((listener) => listener());
  });
}

/** Calls back, at most once per frame, when there are new points. */
export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The points of a series: { x: seconds, y }. */
export function pointsOf(key) {
  return points.get(key) ?? { x: [], y: [] };
}

/** Charts a number; one that follows the selection (not pinned) replaces the one before it. Says why when it cannot. */
export async function chart({ broker, node, topic, path, pinned }) {
  const same = series.value.find((it) => it.broker === broker && it.node === node && it.path === path);
  if (same) {
    if (pinned && !same.pinned) change(same.key, { pinned: true });
    else if (!pinned) dropUnpinned(same.key);
    return null;
  }
  const others = pinned ? series.value : series.value.filter((it) => it.pinned);
  if (others.length >= most) return `a chart has at most ${most} series; remove one first`;
  const colours = new Set(others.map((it) => it.colour));
  const colour = Array.from({ length: most }, (_, i) => i + 1).find((it) => !colours.has(it));
  const key = `c${++lastKey}`;
  points.set(key, { x: [], y: [] });
  series.value = [...others, { key, broker, node, topic, path, pinned, colour, ready: false }];
  forget();
  const answer = await request("series", { broker, node, path, points: firstPoints }).catch(() => null);
  const it = points.get(key);
  if (!it) return null;
  for (const [time, value] of answer?.points ?? []) {
    it.x.push(time / 1000);
    it.y.push(value);
  }
  change(key, { ready: true, thinned: answer?.thinned ?? 0, reduced: answer?.reduced ?? false });
  changed();
  return null;
}

export function remove(key) {
  series.value = series.value.filter((it) => it.key !== key);
  forget();
  changed();
}

/** Takes away what followed the selection. */
export function dropUnpinned(except = null) {
  if (!series.value.some((it) => !it.pinned && it.key !== except)) return;
  series.value = series.value.filter((it) => it.pinned || it.key === except);
  forget();
  changed();
}

function change(key, fields) {
  series.value = series.value.map((it) => (it.key === key ? { ...it, ...fields } : it));
}

function forget() {
  const kept = new Set(series.value.map((it) => it.key));
  for (const key of points.keys()) if (!kept.has(key)) points.delete(key);
}
