// The selected topic: its message, and below it a chart, the differences, the history, or messages as they arrive.
import { html } from "../lib/html.js";
import { age, bytes, count, plural, rate, time, visible } from "../lib/format.js";
import { request } from "../lib/socket.js";
import { active, broker, hello, now, readOnly, status } from "../model/store.js";
import { attempt, copy } from "./action.js";
import { ChartDock, pin } from "./chart.js";
import { DiffDock } from "./diff.js";
import { HistoryDock } from "./history.js";
import { Bird, Icon, IconButton } from "./icons.js";
import { LiveDock } from "./live.js";
import { Payload, payloadAddress } from "./payload.js";
import { Properties } from "./properties.js";
import { draftFrom, republish } from "./publish.js";
import { Splitter } from "./splitter.js";

const docks = { chart: ["Chart", ChartDock], diff: ["Changes", DiffDock], history: ["History", HistoryDock], live: ["Live", LiveDock] };

export function TopicPanel({ here }) {
  const it = here.detail.value;
  if (here.node.value === null) return html`<${Overview} here=${here} />`;
  if (!it) return html`<div class="empty" aria-busy="true"><p>Loading …</p></div>`;
  if (it.gone) {
    return html`<div class="empty"><p>This topic is no longer kept: it was forgotten to stay within the memory budget.</p>
      <button type="button" onClick=${() => here.select(null)}>Close</button></div>`;
  }
  const [, Dock] = docks[here.dock.value];
  return html`<div class="details" id="details" tabindex="-1">
    <${Header} here=${here} it=${it} />
    <div class="detail-panes">
      <div class="message">${it.value ? html`<${Message} here=${here} it=${it} />` : html`<${NoMessage} here=${here} it=${it} />`}</div>
      <${Splitter} name="dock" label="Height of the message" initial=${52} />
      <div class="dock">
        <div class="dock-tabs" role="tablist" aria-label="About this topic" onKeyDown=${(event) => moveTab(event, here)}>
          ${Object.entries(docks).map(
            ([name, [title]]) => html`<button type="button" role="tab" key=${name} id=${`dock-${name}`} aria-selected=${here.dock.value === name}
              aria-controls="dock" tabindex=${here.dock.value === name ? 0 : -1} onClick=${() => (here.dock.value = name)}>${title}</button>`,
          )}
        </div>
        <div class="dock-body" role="tabpanel" id="dock" aria-labelledby=${`dock-${here.dock.value}`}><${Dock} here=${here} it=${it} /></div>
      </div>
    </div>
  </div>`;
}

function moveTab(event, here) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const names = Object.keys(docks);
  here.dock.value = names[(names.indexOf(here.dock.value) + step + names.length) % names.length];
  event.preventDefault();
  requestAnimationFrame(() => document.getElementById(`dock-${here.dock.value}`)?.focus());
}

function Header({ here, it }) {
  const path = it.path ?? [[it.id, it.topic]];
  return html`<header class="topic-header">
    <div class="row topic-line">
      <button type="button" class="plain icon narrow-only" aria-label="Back to the tree" onClick=${() => (here.detailInFront.value = false)}><${Icon} name="back" /></button>
      <h2 class="crumbs mono">
        ${path.map(
          ([id, name], index) => html`${index > 0 && html`<span class="muted" aria-hidden="true">/</span>`}<button type="button" key=${id} class="plain crumb"
            aria-current=${index === path.length - 1 ? "true" : undefined} onClick=${() => attempt("Showing the topic", () => here.reveal({ node: id }))}>
            ${name === "" ? "(empty)" : visible(name)}</button>`,
        )}
      </h2>
      <${IconButton} name="copy" label="Copy the topic" onClick=${() => copyTopic(it)} />
      ${!readOnly.value && html`<button type="button" aria-label="Publish to this topic" onClick=${() => publishHere(here, it)}><${Icon} name="send" /><span class="wide-only"> Publish</span></button>`}
    </div>
    <div class="row facts">
      ${it.children > 0 && html`<span class="badge">${plural(it.topics, "topic")}</span>`}
      <span class="badge">${plural(it.count, "message")}</span>
      ${it.rate > 0.005 && html`<span class="badge">${rate(it.rate)}/s</span>`}
      ${it.byteRate >= 0.5 && html`<span class="badge">${bytes(it.byteRate)}/s</span>`}
      ${it.topicLength > it.topic?.length && html`<span class="badge warn">topic of ${count(it.topicLength)} characters</span>`}
    </div>
  </header>`;
}

async function copyTopic(it) {
  const whole =
    it.topicLength > it.topic.length ? await attempt("Reading the topic", () => request("topic", { broker: active.value, node: it.id })) : { topic: it.topic };
  if (whole) copy(whole.topic);
}

function publishHere(here, it) {
  here.draft.value = it.value ? draftFrom(it.topic, it.value) : { topic: it.topic };
  here.section.value = "publish";
}

function Message({ here, it }) {
  const value = it.value;
  const past = here.value.value !== null;
  const decoder = here.decoder.value;
  const at = now.value;
  return html`<div class="row message-line">
      ${past
        ? html`<span class="badge accent">earlier value</span><button type="button" class="chip" onClick=${() => (here.value.value = null)}>Back to the last</button>`
        : null}
      <time class="number" datetime=${new Date(value.at).toISOString()}>${time(value.at)}</time>
      ${!past && html`<span class="muted">${age(value.at, at) === "now" ? "now" : `${age(value.at, at)} ago`}</span>`}
      <span class="badge">QoS ${value.qos}</span>
      ${it.retained && !past && html`<span class="badge accent">retained</span>`}
      ${value.retain && html`<span class="badge" title="The message had the retain flag">retain flag</span>`}
      ${value.duplicate && html`<span class="badge warn">duplicate</span>`}
      <span class="badge">${bytes(value.bytes)}</span>
      <span class="spacer"></span>
      <label class="row decoder"><span class="hidden">Decoder</span>
        <select value=${decoder ?? ""} title=${`By the rule for ${it.rule?.filter}`} onChange=${(event) => (here.decoder.value = event.target.value || null)}>
          <option value="" selected=${!decoder}>by rule: ${it.rule?.decoder}</option>
          ${(hello.value?.decoders ?? []).map((name) => html`<option key=${name} value=${name} selected=${decoder === name}>${name}</option>`)}
        </select>
      </label>
      <a class="button icon" href=${payloadAddress(active.value, value.value)} download aria-label="Save the payload" title="Save the payload"><${Icon} name="download" /></a>
      ${!readOnly.value && broker.value?.kind !== "recording" &&
      html`<button type="button" onClick=${() => republish(here, it.id, value)}>Publish again</button>`}
    </div>
    ${value.payload &&
    html`<${Payload} payload=${value.payload} address=${payloadAddress(active.value, value.value, "text", value.payload.decoder)}
      image=${payloadAddress(active.value, value.value, "image")} onChart=${(path) => pin(here, it, path)} />`}
    <${Properties} properties=${value.properties} />`;
}

function NoMessage({ here, it }) {
  return html`<div class="empty"><p>No message on this topic itself; ${plural(it.topics, "topic")} below it.</p>
    ${here.dock.value !== "live" && html`<button type="button" onClick=${() => (here.dock.value = "live")}>Show messages below it</button>`}</div>`;
}

function Overview({ here }) {
  const totals = status.value;
  return html`<div class="empty overview">
    <${Bird} />
    <h2>${plural(totals?.topics ?? 0, "topic")}</h2>
    <p>Select one to see its message, its history, and a chart of its numbers.</p>
    <dl class="keys">
      <div><dt><kbd>/</kbd></dt><dd>search</dd></div>
      <div><dt><kbd>↑</kbd> <kbd>↓</kbd></dt><dd>move</dd></div>
      <div><dt><kbd>→</kbd> <kbd>←</kbd></dt><dd>open and close</dd></div>
      <div><dt><kbd>?</kbd></dt><dd>all keys</dd></div>
    </dl>
    ${here.sort.value !== "rate" &&
    html`<button type="button" onClick=${() => {
      here.sort.value = "rate";
      here.descending.value = true;
    }}>Sort by rate: who sends most?</button>`}
  </div>`;
}
