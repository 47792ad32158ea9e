// The one WebSocket to the JVM: requests with answers, and what the server sends unasked.
import { signal } from "@preact/signals";

const firstDelay = 500;
const longestDelay = 5_000;
const longestTry = 10 * 60_000;

/** state: "connecting", "open", "lost" (trying again), "ended" (will not try again); reason: what the server said. */
export const link = signal({ state: "connecting", reason: null });

export class RequestError extends Error {
  constructor({ code, text, advice }) {
    super(text);
    this.code = code;
    this.advice = advice ?? [];
  }
}

const waiting = new Map();
let socket = null;
let lastId = 0;
let lostSince = 0;
let delay = firstDelay;
let receive = () => {};

/** Opens the connection, and opens it again when it is lost. `onMessage` gets each message that isn't an answer. */
export function open(onMessage) {
  if (onMessage) receive = onMessage;
  lostSince ||= Date.now();
  const it = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
  socket = it;
  it.onmessage = ({ data }) => handle(JSON.parse(data));
  it.onopen = () => {
    lostSince = 0;
    delay = firstDelay;
    link.value = { state: "open", reason: null };
  };
  it.onclose = ({ code, reason }) => closed(code, reason);
}

/** Sends a request. The promise fails with a RequestError. */
export function request(op, fields = {}, onProgress = null) {
  if (!socket || socket.readyState !== WebSocket.OPEN) {
    return Promise.reject(new RequestError({ code: "offline", text: "the page has no connection to Godwit" }));
  }
  const id = ++lastId;
  socket.send(JSON.stringify({ id, op, ...fields }));
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject, onProgress }));
}

function handle(message) {
  const it = waiting.get(message.re);
  if (message.type === "progress") it?.onProgress?.(message.done, message.total);
  else if (message.re === undefined) receive(message);
  else if (it) {
    waiting.delete(message.re);
    if (message.error) it.reject(new RequestError(message.error));
    else it.resolve(message.ok);
  }
}

function closed(code, reason) {
  const lost = new RequestError({ code: "offline", text: "the connection to Godwit was lost before the answer came" });
  for (const it of waiting.values()) it.reject(lost);
  waiting.clear();
  lostSince ||= Date.now();
  const ended = code === 1008 || Date.now() - lostSince > longestTry;
  link.value = { state: ended ? "ended" : "lost", reason: reason || null };
  if (ended) return;
  setTimeout(() => open(), delay);
  delay = Math.min(longestDelay, delay * 2);
}

/** Posts a body; the answer as JSON. Fails with a RequestError that says what the server said. */
export async function post(address, body) {
  const response = await fetch(address, { method: "POST", body });
  const text = await response.text();
  let answer = {};
  try {
    answer = JSON.parse(text);
  } catch {
    answer = { error: text };
  }
  if (response.ok) return answer;
  const reason = response.status === 413 ? "it is larger than the server allows" : answer.error || `the server answered ${response.status}`;
  throw new RequestError({ code: "failed", text: reason });
}
