// What the user starts and what may fail: one place to show the failure, so that none is lost.
import { signal } from "@preact/signals";
import { html } from "../lib/html.js";
import { IconButton } from "./icons.js";

export const failure = signal(null);

/** Runs an action; its failure is shown to the user. The promise is of the result, or undefined. */
export async function attempt(what, action) {
  try {
    return await action();
  } catch (error) {
    failure.value = { what, text: error.message, advice: error.advice ?? [] };
    return undefined;
  }
}

export function ActionFailure() {
  const it = failure.value;
  return html`<div class="toasts" role="alert">
    ${it &&
    html`<div class="notice bad toast">
      <div>
        <strong>${it.what} failed:</strong> ${it.text}
        <${Advice} lines=${it.advice} />
      </div>
      <${IconButton} name="close" label="Dismiss" onClick=${() => (failure.value = null)} />
    </div>`}
  </div>`;
}

export function Advice({ lines }) {
  if (!lines?.length) return null;
  return html`<ul class="advice">
    ${lines.map((line) => html`<li>${line}</li>`)}
  </ul>`;
}

/** Puts text on the clipboard. */
export function copy(text) {
  return attempt("Copying", () => navigator.clipboard.writeText(text));
}
