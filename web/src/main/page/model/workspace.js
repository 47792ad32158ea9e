// The state of one tab: a broker or a recording.
import { computed, signal } from "@preact/signals";
import { request } from "../lib/socket.js";

const logLength = 500;

export class Workspace {
  constructor(broker) {
    this.broker = broker;
    /** What the page shows beside the tree: "topics", "publish", "retained", "dashboard", "connection". */
    this.section = signal("topics");
    /** In a narrow window: whether the details are in front of the tree. */
    this.detailInFront = signal(false);

    this.sort = signal("name");
    this.descending = signal(false);
    this.filter = signal({});
    this.window = signal({ first: 0, count: 80 });
    this.tree = signal({ total: 0, first: 0, rows: [], matches: null, searching: false, received: false });

    /** The selected topic, the row that it had, and the value and decoder chosen by hand. */
    this.node = signal(null);
    this.cursor = signal(0);
    this.value = signal(null);
    this.decoder = signal(null);
    this.detail = signal(null);
    this.opened = new Set();

    /** What is below the message: "chart", "diff", "history", "live". */
    this.dock = signal("chart");
    this.below = signal(true);
    this.paused = signal(false);
    this.log = signal([]);
    this.logSkipped = signal(0);
    this.sys = signal([]);
    /** The message in the publish form, and what was published. */
    this.draft = signal(null);
    this.published = signal([]);

    this.view = computed(() => this.#view());
  }

  #view() {
    const section = this.section.value;
    const filter = Object.fromEntries(Object.entries(this.filter.value).filter(([, it]) => it));
    const shown = { tree: { ...this.window.value, sort: this.sort.value, descending: this.descending.value, filter } };
    const node = this.node.value;
    if (node !== null && section === "topics") {
      shown.node = { node, decoder: this.decoder.value, value: this.value.value };
      if (this.dock.value === "live") shown.log = { node, below: this.below.value, count: 200 };
    }
    if (section === "dashboard") shown.sys = true;
    return shown;
  }

  update({ tree, node, log, sys }) {
    if (tree) this.#updateTree(tree);
    if (node) this.#updateNode(node);
    if (log && !this.paused.value) {
      this.log.value = [...this.log.value, ...log.values].slice(-logLength);
      this.logSkipped.value += log.skipped ?? 0;
    }
    if (sys) this.#updateSys(sys);
  }

  #updateTree(tree) {
    this.tree.value = { ...this.tree.value, ...tree, received: true };
    const index = tree.rows?.findIndex((it) => it.id === this.node.value) ?? -1;
    if (index >= 0) this.cursor.value = tree.first + index;
  }

  #updateNode(node) {
    if (node.id !== this.node.value) return;
    const old = this.detail.value;
    const value = node.value ?? (old?.id === node.id ? old.value : undefined);
    this.detail.value = { ...node, value };
  }

  #updateSys(sys) {
    const all = new Map(this.sys.value.map((it) => [it.topic, it]));
    for (const it of sys) all.set(it.topic, it);
    this.sys.value = [...all.values()].sort((a, b) => (a.topic < b.topic ? -1 : 1));
  }

  /** Shows a topic; index is its row, if known. */
  select(node, index = null) {
    if (index !== null) this.cursor.value = index;
    if (this.node.value === node) return;
    this.node.value = node;
    this.detail.value = null;
    this.value.value = null;
    this.decoder.value = null;
    this.clearLog();
  }

  clearLog() {
    this.log.value = [];
    this.logSkipped.value = 0;
  }

  setOpen(row, wanted, below = false) {
    if (wanted) this.opened.add(row.id);
    else this.opened.delete(row.id);
    // Shown at once; the JVM's rows follow.
    const tree = this.tree.value;
    this.tree.value = { ...tree, rows: tree.rows.map((it) => (it.id === row.id ? { ...it, open: wanted } : it)) };
    const fields = { broker: this.broker, nodes: [row.id], ...(below ? { below } : {}) };
    return request(wanted ? "open" : "close", fields).catch(() => {});
  }

  closeAll() {
    this.opened.clear();
    return request("close", { broker: this.broker, nodes: [], below: true }).catch(() => {});
  }

  /** Opens what is above a topic and shows it. The answer is its row, -1 if the filter hides it. */
  async reveal(target) {
    const { node, row } = await request("reveal", { broker: this.broker, ...target });
    this.section.value = "topics";
    this.select(node, row >= 0 ? row : null);
    return row;
  }

  /** After the connection to the JVM was lost: it has forgotten which rows were open. */
  reopen() {
    this.detail.value = null;
    if (this.opened.size) request("open", { broker: this.broker, nodes: [...this.opened] }).catch(() => {});
  }
}
