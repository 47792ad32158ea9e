// The dialogs: adding a broker, decoder rules, about.
import { useEffect, useRef, useState } from "preact/hooks";
import packages from "page:licences";
import { html } from "../lib/html.js";
import { post, request } from "../lib/socket.js";
import { descriptors, dialog, hello, rules, schemas, select } from "../model/store.js";
import { choice, choose } from "../model/theme.js";
import { Advice, attempt } from "./action.js";
import { Bird, Icon, IconButton } from "./icons.js";

const titles = { add: "Add a broker", rules: "Decoder rules", about: "About Godwit" };
const contents = { add: Add, rules: Rules, about: About };

export function Dialogs() {
  const name = dialog.value?.name;
  const box = useRef(null);
  useEffect(() => {
    if (name && !box.current.open) box.current.showModal();
  }, [name]);
  if (!name) return null;
  const Content = contents[name];
  const close = () => (dialog.value = null);
  return html`<dialog ref=${box} class=${`dialog ${name}`} aria-labelledby="dialog-title" onClose=${close}>
    <header class="row"><h2 id="dialog-title">${titles[name]}</h2><span class="spacer"></span><${IconButton} name="close" label="Close" onClick=${close} /></header>
    <${Content} close=${close} />
  </dialog>`;
}

function Add({ close }) {
  const [failed, setFailed] = useState(null);
  const [busy, setBusy] = useState(false);

  async function run(action) {
    setBusy(true);
    setFailed(null);
    try {
      const { broker } = await action();
      select(broker);
      close();
    } catch (error) {
      setFailed(error);
      setBusy(false);
    }
  }

  function submit(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    const text = (name) => form.get(name)?.trim() || null;
    run(async () => {
      const tls = await tlsOf(form);
      const fields = {
        address: text("address"),
        name: text("name"),
        user: text("user"),
        password: form.get("password") || null,
        version: text("version"),
        clientId: text("clientId"),
        filters: text("filters")?.split(/\s+/) ?? null,
        tls,
      };
      return request("addBroker", given(fields));
    });
  }

  return html`<form onSubmit=${submit}>
      <label class="field"><span>Address</span><input class="mono" name="address" required autofocus spellcheck="false" placeholder="mqtt://localhost, mqtts://broker.example.com, wss://…" /></label>
      <div class="fields">
        <label class="field"><span>User</span><input name="user" autocomplete="off" spellcheck="false" /></label>
        <label class="field"><span>Password; it stays in Godwit's process</span><input name="password" type="password" autocomplete="off" /></label>
        <label class="field"><span>Name of the tab</span><input name="name" autocomplete="off" /></label>
        <label class="field"><span>Protocol</span><select name="version"><option value="">MQTT 5, else 3.1.1</option><option value="5">MQTT 5</option><option value="3.1.1">MQTT 3.1.1</option><option value="3.1">MQTT 3.1</option></select></label>
        <label class="field"><span>Client identifier</span><input class="mono" name="clientId" autocomplete="off" spellcheck="false" placeholder="made up" /></label>
        <label class="field"><span>Topic filters, separated by spaces</span><input class="mono" name="filters" spellcheck="false" placeholder="# $SYS/#" /></label>
      </div>
      <details class="tls-form">
        <summary>TLS: own authority, client certificate</summary>
        <div class="fields">
          <label class="field"><span>Certificate authority (PEM), in place of the system's</span><input type="file" name="ca" /></label>
          <label class="field"><span>Client certificate (PEM), with its chain</span><input type="file" name="certificate" /></label>
          <label class="field"><span>Private key (PEM); it stays in Godwit's process</span><input type="file" name="key" /></label>
          <label class="field"><span>Password of the key</span><input name="keyPassword" type="password" autocomplete="off" /></label>
        </div>
        <label class="check"><input type="checkbox" name="insecure" /> Do not verify the server: anybody could be in its place. For tests only.</label>
      </details>
      <div class="row"><button type="submit" class="primary" disabled=${busy}>Connect</button></div>
    </form>
    ${failed && html`<div class="notice bad" role="alert">${failed.message}<${Advice} lines=${failed.advice} /></div>`}
    <hr />
    <label class="field"><span>Or open a recording of <code>godwit record</code></span>
      <input type="file" name="recording" disabled=${busy} onChange=${(event) => {
        const file = event.target.files[0];
        if (file) run(() => post(`recording?name=${encodeURIComponent(file.name)}`, file));
      }} /></label>`;
}

/** Larger than any chain of certificates; all three fit into one frame. */
const largestPem = 200_000;

/** What the form says about TLS; null if nothing. Files are read here, so that the server sees text only. */
async function tlsOf(form) {
  const read = async (field) => {
    const file = form.get(field);
    if (!file?.size) return null;
    if (file.size > largestPem) throw new Error(`${file.name} is no PEM file: it has ${file.size.toLocaleString("en")} bytes`);
    return file.text();
  };
  const tls = given({
    ca: await read("ca"),
    certificate: await read("certificate"),
    key: await read("key"),
    keyPassword: form.get("keyPassword") || null,
    insecure: form.get("insecure") ? true : null,
  });
  return Object.keys(tls).length > 0 ? tls : null;
}

/** The members that are not null. */
const given = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

function Rules({ close }) {
  const [list, setList] = useState(rules.value);
  const [failed, setFailed] = useState(null);
  const change = (index, fields) => setList(list.map((it, at) => (at === index ? { ...it, ...fields } : it)));
  const move = (index) => setList(list.map((it, at) => (at === index - 1 ? list[index] : at === index ? list[index - 1] : it)));

  async function save(event) {
    event.preventDefault();
    try {
      await request("rules", { rules: list.map(withType) });
      close();
    } catch (error) {
      setFailed(error);
    }
  }

  return html`<form onSubmit=${save}>
    <p class="muted">The first rule whose filter matches a topic decides how its payloads are read. Nothing is guessed.</p>
    <ol class="rule-list">
      ${list.map(
        (it, index) => html`<li class="row" key=${index}>
          <input class="mono grow" aria-label="Topic filter" required spellcheck="false" value=${it.filter} onInput=${(event) => change(index, { filter: event.target.value })} />
          <select aria-label="Decoder" value=${it.decoder} onChange=${(event) => change(index, { decoder: event.target.value })}>
            ${(hello.value?.decoders ?? []).map((name) => html`<option key=${name} value=${name} selected=${name === it.decoder}>${name}</option>`)}
          </select>
          ${it.decoder === "protobuf" && html`<${MessageType} it=${it} onChange=${(fields) => change(index, fields)} />`}
          ${it.decoder === "avro" && html`<${SchemaName} it=${it} onChange=${(fields) => change(index, fields)} />`}
          <${IconButton} name="chevron" class="up small" label="Move up" disabled=${index === 0} onClick=${() => move(index)} />
          <${IconButton} name="close" class="small" label="Remove" onClick=${() => setList(list.filter((_, at) => at !== index))} />
        </li>`,
      )}
    </ol>
    <div class="row">
      <button type="button" onClick=${() => setList([{ filter: "", decoder: "json" }, ...list])}><${Icon} name="plus" /> Rule</button>
      <label class="button">Descriptor set …<input class="hidden" type="file" onChange=${(event) => uploadDescriptors(event.target.files[0])} /></label>
      <label class="button">Avro schema …<input class="hidden" type="file" onChange=${(event) => uploadSchema(event.target.files[0])} /></label>
      <span class="spacer"></span>
      <button type="submit" class="primary">Use these rules</button>
    </div>
    ${descriptors.value.length > 0 && html`<p class="muted">Descriptors: ${descriptors.value.map(({ name, types }) => `${name} (${types.length} types)`).join(", ")}</p>`}
    ${schemas.value.length > 0 && html`<p class="muted">Avro schemas: ${schemas.value.map(({ name, type }) => `${name} (${type})`).join(", ")}</p>`}
    <p class="muted">For protobuf, upload what <code>protoc --include_imports --descriptor_set_out=FILE</code> writes; for Avro, the schema (<code>.avsc</code>).</p>
    ${failed && html`<div class="notice bad" role="alert">${failed.message}</div>`}
  </form>`;
}

/** A rule as the JVM takes it: only these two decoders have a type. */
function withType({ filter, decoder, type, descriptors: set }) {
  if (decoder === "protobuf") return { filter, decoder, type, descriptors: set };
  return decoder === "avro" && type ? { filter, decoder, type } : { filter, decoder };
}

const uploadDescriptors = (file) => upload(file, "descriptors", "Reading the descriptors", descriptors);

const uploadSchema = (file) => upload(file, "schemas", "Reading the schema", schemas);

async function upload(file, address, what, list) {
  if (!file) return;
  const name = file.name.replace(/\.[^.]*$/, "");
  const answer = await attempt(what, () => post(`${address}?name=${encodeURIComponent(name)}`, file));
  if (answer) list.value = [...list.value.filter((it) => it.name !== answer.name), answer];
}

function SchemaName({ it, onChange }) {
  return html`<select aria-label="Schema" value=${it.type ?? ""} onChange=${(event) => onChange({ type: event.target.value })}>
    <option value="" selected=${!it.type}>as the payload says</option>
    ${schemas.value.map(({ name }) => html`<option key=${name} value=${name} selected=${it.type === name}>${name}</option>`)}
  </select>`;
}

function MessageType({ it, onChange }) {
  const types = descriptors.value.flatMap(({ name, types: all }) => all.map((type) => ({ name, type })));
  return html`<select aria-label="Message type" required value=${`${it.descriptors ?? ""} ${it.type ?? ""}`} onChange=${(event) => {
    const [name, type] = event.target.value.split(" ");
    onChange({ descriptors: name, type });
  }}>
    <option value="" disabled selected=${!it.type}>type …</option>
    ${types.map(({ name, type }) => html`<option key=${`${name} ${type}`} value=${`${name} ${type}`} selected=${it.type === type && it.descriptors === name}>${type}</option>`)}
  </select>`;
}

const keys = [
  ["/", "search topics"],
  ["↑ ↓ Home End Page", "move in the tree"],
  ["→ ←", "open or go in, close or go out; with Shift: all below"],
  ["*", "open all below"],
  ["Enter", "go to the message"],
  ["Space", "open or close"],
  ["?", "this page"],
];

function About() {
  return html`<div class="about">
    <div class="row"><${Bird} /><div><p><strong>Godwit ${hello.value?.version ?? ""}</strong></p><p class="muted">The MQTT client for the JVM. Apache License 2.0.</p></div></div>
    <label class="row"><span>Colours</span><select value=${choice.value} onChange=${(event) => choose(event.target.value)}>
      ${[["system", "as the system"], ["light", "light"], ["dark", "dark"]].map(([value, text]) => html`<option key=${value} value=${value} selected=${value === choice.value}>${text}</option>`)}
    </select></label>
    <h3>Keyboard</h3>
    <dl class="key-list">${keys.map(([key, what]) => html`<div key=${key}><dt>${key.split(" ").map((it) => html`<kbd>${it}</kbd> `)}</dt><dd>${what}</dd></div>`)}</dl>
    <h3>This page contains</h3>
    ${packages.map(
      ({ name, version, licence, text }) => html`<details key=${name}><summary>${name} ${version}, ${licence}</summary><pre tabindex="0">${text}</pre></details>`,
    )}
  </div>`;
}
