// Publishing: a message with all properties, from the history, once more, or as a request with its response.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../lib/html.js";
import { bytes, count, plural, time, visible } from "../lib/format.js";
import { JsonError, parse } from "../lib/json.js";
import { post, request } from "../lib/socket.js";
import { active, brokers, hello, readOnly } from "../model/store.js";
import { attempt } from "./action.js";
import { Icon, IconButton } from "./icons.js";
import { Payload, payloadAddress } from "./payload.js";
import { Properties } from "./properties.js";

const kept = 50;
const inFrame = 500_000;
const empty = {
  topic: "",
  format: "text",
  text: "",
  file: null,
  qos: 0,
  retain: false,
  properties: {},
  user: [],
};

/** The form's contents for a stored message. */
export function draftFrom(topic, value) {
  const { "user-properties": user = [], ...properties } = value.properties ?? {};
  delete properties["subscription-identifiers"];
  delete properties["topic-alias"];
  const payload = value.payload;
  const json = payload?.form === "json" && payload.decoder === "json";
  const text = payload && (payload.form === "text" || json) && payload.complete !== false;
  return {
    topic,
    ...(text ? { text: payload.text, format: json ? "json" : "text" } : { stored: { broker: active.value, node: value.node, value: value.value, bytes: value.bytes } }),
    qos: value.qos,
    retain: value.retain ?? false,
    properties,
    user,
  };
}

/** Sends a stored message once more, byte for byte. */
export function republish(here, node, value) {
  return attempt("Publishing", async () => {
    const fields = { broker: here.broker, node, value: value.value, qos: value.qos, retain: value.retain ?? false };
    const answer = await request("republish", fields);
    remember(here, { topic: here.detail.value?.topic ?? "", text: value.text, again: () => request("republish", fields) }, answer);
  });
}

function remember(here, sent, answer) {
  here.published.value = [{ ...sent, answer, at: Date.now(), id: Math.random() }, ...here.published.value].slice(0, kept);
}

export function PublishPanel({ here }) {
  const [draft, setDraft] = useState({ ...empty, topic: here.detail.value?.topic ?? "", ...here.draft.value });
  const [busy, setBusy] = useState(false);
  const [response, setResponse] = useState(null);
  const set = (change) => setDraft((old) => ({ ...old, ...change }));

  useEffect(() => {
    if (here.draft.value) setDraft({ ...empty, ...here.draft.value });
  }, [here.draft.value]);
  // A click in the tree fills in the topic.
  const clicked = here.node.value;
  const before = useRef(clicked);
  useEffect(() => {
    if (clicked === before.current) return;
    before.current = clicked;
    if (clicked !== null) request("topic", { broker: here.broker, node: clicked }).then(({ topic }) => set({ topic }), () => {});
  }, [clicked]);
  useEffect(() => () => {
    here.draft.value = null;
  }, []);

  if (readOnly.value) return html`<div class="empty"><p>Godwit was started with <code>--read-only</code>: nothing can be published from this page.</p></div>`;
  const targets = brokers.value.filter((it) => it.kind !== "recording");
  const to = draft.to ?? (targets.some((it) => it.broker === here.broker) ? here.broker : targets[0]?.broker);
  const problem = to ? check(draft) : "No broker to publish to: add one.";

  async function send(how) {
    setBusy(true);
    setResponse(null);
    await attempt(how === "request" ? "The request" : "Publishing", async () => {
      const message = draft.stored ? null : await compose(draft);
      const perform = message
        ? () => request(how, { broker: to, message, ...(how === "request" ? { timeout: (draft.timeout ?? 10) * 1000 } : {}) })
        : () => request("republish", { ...draft.stored, topic: draft.topic, qos: draft.qos, retain: draft.retain, to });
      const answer = await perform();
      if (how === "request") setResponse({ ...answer, broker: to });
      remember(here, { topic: draft.topic, text: draft.stored ? bytes(draft.stored.bytes) : draft.file ? draft.file.name : draft.text, again: message?.upload ? null : perform, draft }, answer);
    });
    setBusy(false);
  }

  return html`<div class="publish">
    <form onSubmit=${(event) => {
      event.preventDefault();
      if (!problem && !busy) send("publish");
    }}>
      <h2>Publish a message</h2>
      ${(targets.length > 1 || (to && to !== here.broker)) &&
      html`<label class="field"><span>Broker</span><select value=${to} onChange=${(event) => set({ to: event.target.value })}>
        ${targets.map((it) => html`<option key=${it.broker} value=${it.broker} selected=${it.broker === to}>${it.name}</option>`)}</select></label>`}
      <label class="field"><span>Topic</span><input class="mono" name="topic" required spellcheck="false" autocomplete="off" value=${draft.topic} onInput=${(event) => set({ topic: event.target.value })} /></label>
      <${Body} draft=${draft} set=${set} />
      <div class="row">
        <label class="row"><span class="muted">QoS</span><select name="qos" value=${draft.qos} onChange=${(event) => set({ qos: Number(event.target.value) })}>
          ${[0, 1, 2].map((qos) => html`<option key=${qos} value=${qos} selected=${qos === draft.qos}>${qos}</option>`)}</select></label>
        <label class="check"><input type="checkbox" name="retain" checked=${draft.retain} onChange=${(event) => set({ retain: event.target.checked })} /> Retain</label>
      </div>
      <${PropertiesForm} draft=${draft} set=${set} />
      ${problem && (draft.topic || !to) && html`<p class="notice warn" role="status">${problem}</p>`}
      <div class="row">
        <button type="submit" class="primary" disabled=${Boolean(problem) || busy}><${Icon} name="send" /> Publish</button>
        <button type="button" disabled=${Boolean(problem) || busy || Boolean(draft.stored)} onClick=${() => send("request")}>Send as a request</button>
        <label class="row muted">wait <input class="seconds" type="number" aria-label="Seconds to wait for the response" min="1" max="600" value=${draft.timeout ?? 10} onInput=${(event) => set({ timeout: Number(event.target.value) || 10 })} /> s</label>
        <span class="spacer"></span>
        <button type="button" class="plain" onClick=${() => setDraft(empty)}>Clear the form</button>
      </div>
    </form>
    ${busy && html`<p class="muted" role="status">Waiting for the broker …</p>`}
    ${response && html`<${Response} it=${response} />`}
    <${Published} here=${here} set=${setDraft} />
  </div>`;
}

function Body({ draft, set }) {
  if (draft.stored) {
    return html`<div class="notice row"><span>The stored payload of ${bytes(draft.stored.bytes)}, byte for byte.</span>
      <button type="button" onClick=${() => set({ stored: null, text: "" })}>Write another</button></div>`;
  }
  const formats = [["text", "Text"], ["json", "JSON"], ["hex", "Hex"], ["base64", "Base64"], ["file", "File"]];
  return html`<fieldset class="body">
    <legend class="hidden">Payload</legend>
    <div class="row chips" role="group" aria-label="Payload format">
      ${formats.map(([name, title]) => html`<button type="button" class="chip" key=${name} aria-pressed=${draft.format === name} onClick=${() => set({ format: name })}>${title}</button>`)}
    </div>
    ${draft.format === "file"
      ? html`<label class="field"><span>File, at most ${bytes(hello.value?.limits?.upload)}</span><input type="file" onChange=${(event) => set({ file: event.target.files[0] ?? null })} /></label>`
      : html`<label class="field"><span>Payload</span><textarea class="mono" name="payload" rows="8" spellcheck="false" value=${draft.text} onInput=${(event) => set({ text: event.target.value })}></textarea></label>`}
  </fieldset>`;
}

function PropertiesForm({ draft, set }) {
  const filled = Object.values(draft.properties).filter((it) => it !== "" && it != null).length + draft.user.length;
  const text = (name, title, type = "text") => html`<label class="field"><span>${title}</span>
    <input type=${type} name=${name} min="0" spellcheck="false" autocomplete="off" value=${draft.properties[name] ?? ""}
      onInput=${(event) => set({ properties: { ...draft.properties, [name]: event.target.value } })} /></label>`;
  const user = (index, change) => set({ user: draft.user.map((it, at) => (at === index ? change(it) : it)) });
  return html`<details class="properties-form" open=${filled > 0 || undefined}>
    <summary>MQTT 5 properties${filled ? ` (${filled})` : ""}</summary>
    <div class="fields">
      ${text("content-type", "Content type")}
      ${text("message-expiry-interval", "Message expiry, seconds", "number")}
      ${text("response-topic", "Response topic")}
      ${text("correlation-data", "Correlation data, Base64")}
      <label class="check"><input type="checkbox" checked=${isText(draft.properties["payload-format-indicator"])}
        onChange=${(event) => set({ properties: { ...draft.properties, "payload-format-indicator": event.target.checked ? 1 : "" } })} /> The payload is UTF-8 text</label>
    </div>
    ${draft.user.map(
      ([name, value], index) => html`<div class="row user-property" key=${index}>
        <input aria-label="Name of the user property" placeholder="name" value=${name} onInput=${(event) => user(index, (it) => [event.target.value, it[1]])} />
        <input aria-label="Value of the user property" placeholder="value" value=${value} onInput=${(event) => user(index, (it) => [it[0], event.target.value])} />
        <${IconButton} name="close" label="Remove this property" onClick=${() => set({ user: draft.user.filter((_, at) => at !== index) })} />
      </div>`,
    )}
    <button type="button" onClick=${() => set({ user: [...draft.user, ["", ""]] })}><${Icon} name="plus" /> User property</button>
  </details>`;
}

function isText(indicator) {
  return indicator === 1 || indicator === true || indicator === "utf-8";
}

/** Why the form cannot be sent, or null. */
function check({ topic, format, text, file, stored }) {
  if (!topic) return "A topic is missing.";
  if (/[+#]/.test(topic)) return "A message is published to one topic: + and # are for subscriptions.";
  if (stored) return null;
  if (format === "file" && !file) return "Choose a file.";
  if (format === "hex" && !/^(\s*[0-9a-f]{2})*\s*$/i.test(text)) return "Hex has pairs of the digits 0 to 9 and a to f.";
  if (format === "base64" && !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)) return "This is not valid Base64.";
  if (format === "json") {
    try {
      parse(text);
    } catch (error) {
      if (error instanceof JsonError) return `This is not valid JSON: ${error.message}.`;
      throw error;
    }
  }
  return null;
}

async function compose({ topic, format, text, file, qos, retain, properties, user }) {
  const message = { topic, qos, retain };
  if (format === "file") message.upload = (await post("upload", file)).upload;
  else if (format === "hex") message.payloadBase64 = btoa(String.fromCharCode(...text.replace(/\s/g, "").match(/../g)?.map((it) => parseInt(it, 16)) ?? []));
  else if (format === "base64") message.payloadBase64 = text.replace(/\s/g, "");
  else if (text.length > inFrame) message.upload = (await post("upload", new Blob([text]))).upload;
  else message.payload = text;

  const filled = Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== "" && value != null));
  if (filled["message-expiry-interval"]) filled["message-expiry-interval"] = Number(filled["message-expiry-interval"]);
  if (user.length) filled["user-properties"] = user;
  if (Object.keys(filled).length) message.properties = filled;
  return message;
}

function Response({ it }) {
  const { value, ms, broker: from } = it;
  return html`<section class="response" aria-label="Response">
    <h3>Response after ${count(ms)} ms</h3>
    <p class="mono muted">${visible(value.topic ?? "")}</p>
    ${value.payload && html`<${Payload} payload=${value.payload} address=${payloadAddress(from, value.value, "text", value.payload.decoder)} image=${payloadAddress(from, value.value, "image")} />`}
    <${Properties} properties=${value.properties} />
  </section>`;
}

function Published({ here, set }) {
  const list = here.published.value;
  if (list.length === 0) return null;
  return html`<section class="published" aria-label="Published messages">
    <h3>${plural(list.length, "message")} published</h3>
    <ul>${list.map(
      (it) => html`<li key=${it.id} class="row">
        <span class="number muted">${time(it.at)}</span>
        <span class="mono published-topic">${visible(it.topic)}</span>
        <span class="mono muted published-text">${visible((it.text ?? "").slice(0, 80))}</span>
        <span class=${`badge ${it.answer.reason && it.answer.reason !== "success" ? "warn" : "good"}`}>${it.answer.reason ?? "answered"}${it.answer.text ? `: ${it.answer.text}` : ""}, ${it.answer.ms} ms</span>
        ${it.draft && html`<button type="button" class="chip" onClick=${() => set(it.draft)}>Edit</button>`}
        ${it.again && html`<button type="button" class="chip" onClick=${() => attempt("Publishing", async () => remember(here, it, await it.again()))}>Again</button>`}
      </li>`,
    )}</ul>
  </section>`;
}

