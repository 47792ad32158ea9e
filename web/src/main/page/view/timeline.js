// A recording's time: where the tree is in it, how much happened when, and playing it.
import { useRef, useState } from "preact/hooks";
import { html } from "../lib/html.js";
import { plural, time, uptime } from "../lib/format.js";
import { request } from "../lib/socket.js";
import { broker, status } from "../model/store.js";
import { attempt } from "./action.js";
import { IconButton } from "./icons.js";

const speeds = [1, 2, 5, 10, 50, 100, 1000];

export function Timeline() {
  const it = broker.value;
  if (it?.kind !== "recording" || !it.timeline) return null;
  return html`<${Line} it=${it} key=${it.broker} />`;
}

function Line({ it }) {
  const { start, duration, buckets = [], messages } = it.timeline;
  const [speed, setSpeed] = useState(1);
  const [dragged, setDragged] = useState(null);
  const frame = useRef(0);
  const position = dragged ?? Math.min(start + duration, Math.max(start, status.value?.position ?? start));
  const playing = it.state === "playing";
  const highest = Math.max(1, ...buckets);
  const part = duration > 0 ? (position - start) / duration : 1;

  const play = (rate) => attempt("Playing", () => request("play", { broker: it.broker, speed: rate }));

  function move(at) {
    setDragged(at);
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => request("seek", { broker: it.broker, at }).catch(() => {}));
  }

  return html`<section class="timeline" aria-label="Time line">
    <${IconButton} name=${playing ? "pause" : "play"} label=${playing ? "Pause" : "Play"} onClick=${() => play(playing ? 0 : speed)} />
    <label><span class="hidden">Speed</span><select value=${speed} onChange=${(event) => {
      const rate = Number(event.target.value);
      setSpeed(rate);
      if (playing) play(rate);
    }}>${speeds.map((rate) => html`<option key=${rate} value=${rate} selected=${rate === speed}>${rate}×</option>`)}</select></label>
    <div class="line-box">
      <svg class="buckets" viewBox=${`0 0 ${Math.max(1, buckets.length)} 100`} preserveAspectRatio="none" aria-hidden="true">
        ${buckets.map((value, index) => {
          const height = value > 0 ? 8 + (value / highest) * 92 : 0;
          return html`<rect key=${index} x=${index + 0.08} width="0.84" y=${100 - height} height=${height} class=${index / buckets.length < part ? "past" : ""} />`;
        })}
      </svg>
      <input type="range" min=${start} max=${start + Math.max(1, duration)} step=${Math.max(1, Math.floor(duration / 2000))} value=${position} aria-label="Position in the recording"
        aria-valuetext=${time(position)} onInput=${(event) => move(Number(event.target.value))} onChange=${() => setTimeout(() => setDragged(null), 1500)} />
    </div>
    <span class="number time-now">${time(position)}</span>
    <span class="muted wide-only">${plural(messages, "message")} in ${uptime(duration / 1000)}</span>
  </section>`;
}
