import { useEffect } from "preact/hooks";
import { html } from "../lib/html.js";
import { link, open } from "../lib/socket.js";
import { active, broker, brokers, dialog, hello, statuses, workspace } from "../model/store.js";
import { choose, theme } from "../model/theme.js";
import { ActionFailure } from "./action.js";
import { BrokerBar } from "./brokerbar.js";
import { ConnectionPanel } from "./connection.js";
import { DashboardPanel } from "./dashboard.js";
import { Dialogs } from "./dialogs.js";
import { Bird, Icon, IconButton } from "./icons.js";
import { PublishPanel } from "./publish.js";
import { RetainedPanel } from "./retained.js";
import { Splitter } from "./splitter.js";
import { StatusLine } from "./statusline.js";
import { Timeline } from "./timeline.js";
import { TopicPanel } from "./topic.js";
import { TreePane } from "./tree.js";

const panels = {
  topics: TopicPanel,
  publish: PublishPanel,
  retained: RetainedPanel,
  dashboard: DashboardPanel,
  connection: ConnectionPanel,
};

const titles = { topics: "Topic", publish: "Publish", retained: "Retained messages", dashboard: "Dashboard", connection: "Connection" };

export function App() {
  useEffect(() => {
    document.addEventListener("keydown", shortcut);
    return () => document.removeEventListener("keydown", shortcut);
  }, []);
  useEffect(() => {
    document.title = broker.value ? `${broker.value.name} · Godwit` : "Godwit";
  }, [broker.value?.name]);
  return html`
    <header class="top">
      <h1 class="brand"><${Bird} /><span>Godwit</span></h1>
      <${Tabs} />
      <${IconButton} name=${theme.value === "dark" ? "sun" : "moon"} label=${theme.value === "dark" ? "Use light colours" : "Use dark colours"}
        onClick=${() => choose(theme.value === "dark" ? "light" : "dark")} />
      <${IconButton} name="rules" label="Decoder rules" onClick=${() => (dialog.value = { name: "rules" })} />
      <${IconButton} name="info" label="About and keyboard" onClick=${() => (dialog.value = { name: "about" })} />
    </header>
    <${LinkBanner} />
    ${active.value ? html`<${Broker} key=${active.value} />` : html`<${Nothing} />`}
    <${Dialogs} />
    <${ActionFailure} />
  `;
}

/** "/" leads to the search and "?" to the help, unless the key is part of a text. */
function shortcut(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select, dialog")) return;
  if (event.key === "/") {
    document.getElementById("search")?.focus();
    event.preventDefault();
  } else if (event.key === "?") {
    dialog.value = { name: "about" };
    event.preventDefault();
  }
}

const dots = {
  connected: "good",
  playing: "good",
  connecting: "warn",
  loading: "warn",
  waiting: "warn",
  failed: "bad",
};

function Tabs() {
  function move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const list = brokers.value;
    const at = list.findIndex((it) => it.broker === active.value);
    active.value = list[(at + step + list.length) % list.length].broker;
    event.preventDefault();
    requestAnimationFrame(() => document.querySelector('[role="tab"][aria-selected="true"]')?.focus());
  }
  return html`<nav class="tabs" aria-label="Brokers">
    <div role="tablist" aria-label="Brokers and recordings" onKeyDown=${move}>
      ${brokers.value.map(
        (it) => html`<button type="button" role="tab" key=${it.broker} aria-selected=${it.broker === active.value} aria-controls="broker"
          tabindex=${it.broker === active.value ? 0 : -1} title=${it.address} onClick=${() => (active.value = it.broker)}>
          <span class=${`dot ${dots[it.state] ?? ""}`} aria-hidden="true"></span>
          <span class="tab-name">${it.name}</span>
          <span class="hidden">, ${it.kind === "recording" ? "recording, " : ""}${it.state}</span>
        </button>`,
      )}
    </div>
    <${IconButton} name="plus" label="Add a broker or open a recording" onClick=${() => (dialog.value = { name: "add" })} />
  </nav>`;
}

function Broker() {
  const here = workspace();
  const section = here.section.value;
  const Panel = panels[section];
  return html`<main><div class=${`broker ${section === "topics" && !here.detailInFront.value ? "tree-in-front" : ""}`} id="broker" role="tabpanel"
    aria-label=${broker.value?.name}>
    <${BrokerBar} here=${here} />
    <${Timeline} />
    <div class="panes">
      <${TreePane} here=${here} />
      <${Splitter} name="tree" label="Width of the tree" vertical=${true} />
      <section class="panel" aria-label=${titles[section]}><${Panel} here=${here} /></section>
    </div>
    <${StatusLine} status=${statuses.value[active.value]} />
  </div></main>`;
}

function LinkBanner() {
  const { state, reason } = link.value;
  if (state === "open" || (state === "connecting" && !hello.value)) return null;
  return html`<div class="banner bad" role="alert">
    ${state === "ended"
      ? html`<span>${reason ?? "Godwit has not answered for ten minutes."} If it was started again, open the address that it printed.</span>
          <button type="button" onClick=${() => open()}>Try again</button>`
      : html`<span>The connection to Godwit was lost; trying again. If it was stopped and started, open the address that it printed.</span>`}
  </div>`;
}

function Nothing() {
  if (!hello.value) return html`<main class="empty" aria-busy="true"><p>Connecting to Godwit …</p></main>`;
  return html`<main class="empty">
    <${Bird} />
    <h2>No broker yet</h2>
    <p>Add a broker to look at its topics, or open a recording.</p>
    <button type="button" class="primary" onClick=${() => (dialog.value = { name: "add" })}><${Icon} name="plus" /> Add a broker</button>
  </main>`;
}
