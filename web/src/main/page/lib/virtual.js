// A list that only has elements for the rows in view, however many rows there are.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";

// Browsers cap the height of an element; longer lists are scrolled in proportion.
const tallest = 12_000_000;
const beyond = 6;

/**
 * Rows of one height. `row(index)` renders one. `handle.current` gets { reveal(index), page() } for keyboard navigation; `onRange(first, end)`
 * is called when other rows come into view.
 */
export function VirtualList({ count, rowHeight, row, onRange, handle, follow, class: name = "", ...attributes }) {
  const box = useRef(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const frame = useRef(0);
  const reported = useRef("");

  const full = count * rowHeight;
  const shown = Math.min(full, tallest);
  const stretch = full > tallest ? (full - view.height) / (shown - view.height) : 1;
  const top = Math.min(view.top * stretch, Math.max(0, full - view.height));
  const first = Math.max(0, Math.floor(top / rowHeight) - beyond);
  const end = Math.min(count, Math.ceil((top + view.height) / rowHeight) + beyond);

  function measure() {
    frame.current = 0;
    const it = box.current;
    if (it) setView((old) => (old.top === it.scrollTop && old.height === it.clientHeight ? old : { top: it.scrollTop, height: it.clientHeight }));
  }

  function later() {
    frame.current ||= requestAnimationFrame(measure);
  }

  useLayoutEffect(() => {
    measure();
    const observer = new ResizeObserver(later);
    observer.observe(box.current);
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame.current);
    };
  }, []);

  useEffect(() => {
    const range = `${first}-${end}`;
    if (onRange && range !== reported.current) {
      reported.current = range;
      onRange(first, end);
    }
  });

  useLayoutEffect(() => {
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [follow, count]);

  if (handle) {
    handle.current = {
      page: () => Math.max(1, Math.floor(view.height / rowHeight) - 1),
      reveal(index) {
        const it = box.current;
        const from = index * rowHeight;
        const current = it.scrollTop * stretch;
        if (from < current) it.scrollTop = from / stretch;
        else if (from + rowHeight > current + it.clientHeight) it.scrollTop = (from + rowHeight - it.clientHeight) / stretch;
        measure();
      },
    };
  }

  const rows = [];
  for (let index = first; index < end; index++) rows.push(row(index));
  const offset = full > tallest ? view.top - (top - first * rowHeight) : first * rowHeight;
  return html`<div ...${attributes} ref=${box} class=${`virtual ${name}`} onScroll=${later}>
    <div class="virtual-space" role="presentation" style=${{ height: `${shown}px` }}>
      <div class="virtual-rows" role="presentation" style=${{ transform: `translateY(${offset}px)` }}>${rows}</div>
    </div>
  </div>`;
}
