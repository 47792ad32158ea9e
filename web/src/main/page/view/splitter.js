// The line between two panes: dragged, or moved with the arrow keys.
import { useEffect, useState } from "preact/hooks";
import { html } from "../lib/html.js";

const least = 15;
const most = 80;

function stored(name, fallback) {
  try {
    return Number(localStorage.getItem(`godwit.split.${name}`)) || fallback;
  } catch {
    return fallback;
  }
}

/** Sets the custom property --split-NAME of its parent, in percent. */
export function Splitter({ name, label, vertical, initial = 42 }) {
  const [share, setShare] = useState(() => stored(name, initial));
  useEffect(() => {
    document.documentElement.style.setProperty(`--split-${name}`, `${share}%`);
    try {
      localStorage.setItem(`godwit.split.${name}`, String(Math.round(share)));
    } catch {
      // Without storage the width is forgotten.
    }
  }, [share]);

  function change(value) {
    setShare(Math.min(most, Math.max(least, value)));
  }

  function drag(event) {
    const line = event.currentTarget;
    const box = line.parentElement.getBoundingClientRect();
    line.setPointerCapture(event.pointerId);
    line.onpointermove = (move) =>
      change(vertical ? ((move.clientX - box.left) / box.width) * 100 : ((move.clientY - box.top) / box.height) * 100);
    line.onpointerup = () => {
      line.onpointermove = null;
    };
    event.preventDefault();
  }

  function key(event) {
    const step = { ArrowLeft: -2, ArrowUp: -2, ArrowRight: 2, ArrowDown: 2 }[event.key];
    if (!step) return;
    change(share + step);
    event.preventDefault();
  }

  return html`<div class=${`splitter ${vertical ? "vertical" : "horizontal"}`} role="separator" tabindex="0" aria-label=${label}
    aria-orientation=${vertical ? "vertical" : "horizontal"} aria-valuemin=${least} aria-valuemax=${most} aria-valuenow=${Math.round(share)}
    onPointerDown=${drag} onKeyDown=${key}></div>`;
}
