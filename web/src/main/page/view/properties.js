// The MQTT 5 properties of a message.
import { html } from "../lib/html.js";
import { duration, visible } from "../lib/format.js";

export const names = {
  "payload-format-indicator": "Payload format",
  "message-expiry-interval": "Message expiry",
  "content-type": "Content type",
  "response-topic": "Response topic",
  "correlation-data": "Correlation data (Base64)",
  "subscription-identifiers": "Subscription identifiers",
  "topic-alias": "Topic alias",
};

function show(name, value) {
  if (name === "payload-format-indicator") return Number(value) === 1 || value === true || value === "utf-8" ? "UTF-8 text" : "bytes";
  if (name === "message-expiry-interval") return value >= 60 ? `${value} s (${duration(value)})` : `${value} s`;
  return visible(Array.isArray(value) ? value.join(", ") : String(value));
}

export function Properties({ properties }) {
  if (!properties) return null;
  const { "user-properties": user = [], ...others } = properties;
  return html`<section class="properties" aria-label="MQTT 5 properties">
    <h3>Properties</h3>
    <dl>
      ${Object.entries(others).map(([name, value]) => html`<div key=${name}><dt>${names[name] ?? name}</dt><dd class="mono">${show(name, value)}</dd></div>`)}
      ${user.map(([name, value], index) => html`<div key=${`user ${index}`} class="user"><dt class="mono">${visible(name)}</dt><dd class="mono">${visible(value)}</dd></div>`)}
    </dl>
  </section>`;
}
