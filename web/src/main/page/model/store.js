// What the page knows, as signals, and what it wants to see. The JVM has the data; this holds only what is on screen.
import { batch, computed, effect, signal } from "@preact/signals";
import { link, open, request } from "../lib/socket.js";
import { Workspace } from "./workspace.js";

export const hello = signal(null);
export const brokers = signal([]);
export const rules = signal([]);
export const descriptors = signal([]);
export const schemas = signal([]);
export const statuses = signal({});
export const active = signal(null);
/** The dialog that is open: { name, ... } or null. */
export const dialog = signal(null);
/** The JVM's clock, for the ages of messages. */
export const now = signal(Date.now());
/** Charted series: { key, broker, node, topic, path, pinned }. */
export const series = signal([]);

const workspaces = new Map();

export const broker = computed(() => brokers.value.find((it) => it.broker === active.value) ?? null);
export const status = computed(() => statuses.value[active.value] ?? null);
export const readOnly = computed(() => hello.value?.readOnly ?? false);

/** The workspace of a broker: its tree, selection and panels stay as they were while another tab is open. */
export function workspace(id = active.value) {
  if (!workspaces.has(id)) workspaces.set(id, new Workspace(id));
  return workspaces.get(id);
}

export function select(id) {
  active.value = id;
}

const pointListeners = new Set();

/** Calls back with { key, points, reset } for each charted series that has new points. */
export function onPoints(listener) {
  pointListeners.add(listener);
  return () => pointListeners.delete(listener);
}

const mostPending = 20;
const sendAfter = 16;
let pending = [];
let applying = 0;

function receive(message) {
  if (message.type !== "update") {
    batch(() => apply(message));
    return;
  }
  pending.push(message);
  // However fast updates come, the page draws once per frame. A hidden page has no frames.
  if (document.hidden || pending.length > mostPending) flush();
  else applying ||= requestAnimationFrame(flush);
}

function flush() {
  cancelAnimationFrame(applying);
  const all = pending;
  pending = [];
  applying = 0;
  batch(() => all.forEach(apply));
}

function apply(message) {
  if (message.type === "hello") greet(message);
  else if (message.type === "brokers") setBrokers(message.brokers);
  else if (message.type === "rules") {
    rules.value = message.rules;
    descriptors.value = message.descriptors ?? descriptors.value;
    schemas.value = message.schemas ?? schemas.value;
  } else if (message.type === "update") update(message);
}

function greet(message) {
  hello.value = message;
  rules.value = message.rules ?? [];
  descriptors.value = message.descriptors ?? [];
  schemas.value = message.schemas ?? [];
  now.value = message.now;
  setBrokers(message.brokers);
  for (const it of workspaces.values()) it.reopen();
  sendView();
}

function setBrokers(list) {
  brokers.value = list;
  if (!list.some((it) => it.broker === active.value)) active.value = list[0]?.broker ?? null;
  series.value = series.value.filter((it) => list.some((other) => other.broker === it.broker));
}

function update(message) {
  if (message.at) now.value = message.at;
  if (message.status) {
    const all = { ...statuses.value };
    for (const it of message.status) all[it.broker] = it;
    statuses.value = all;
  }
  if (message.charts) for (const it of message.charts) pointListeners.forEach((listener) => listener(it));
  const id = message.broker ?? active.value;
  if (id && (message.tree || message.node || message.log || message.sys)) workspace(id).update(message);
}

const hidden = signal(document.hidden);
const view = computed(() => {
  if (!active.value) return null;
  const charts = series.value.filter((it) => it.ready).map(({ key, broker, node, path }) => ({ key, broker, node, path }));
  // A page that nobody sees goes on with its charts, and needs nothing else.
  return { broker: active.value, ...(hidden.value ? {} : workspace().view.value), ...(charts.length ? { charts } : {}) };
});

let sinceOf = () => null;

/** Sets the function that knows the time of the last point of a series, by its key. */
export function setSince(known) {
  sinceOf = known;
}

let sending = null;

function sendView() {
  sending ??= setTimeout(() => {
    sending = null;
    if (!view.value || link.value.state !== "open" || !hello.value) return;
    const charts = view.value.charts?.map((it) => ({ ...it, since: sinceOf(it.key) }));
    request("view", { ...view.value, ...(charts ? { charts } : {}) }).catch(() => {});
  }, sendAfter);
}

export function start() {
  document.addEventListener("visibilitychange", () => {
    hidden.value = document.hidden;
  });
  effect(() => {
    if (view.value) sendView();
  });
  open(receive);
}
