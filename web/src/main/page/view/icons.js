// Icons as elements, drawn with the colour of the text around them. Decoration only: the button that holds one has a label.
import { html } from "../lib/html.js";

const paths = {
  chevron: "M6 4l4 4-4 4",
  close: "M4 4l8 8M12 4l-8 8",
  plus: "M8 3v10M3 8h10",
  search: "M7 3a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM10 10l3.5 3.5",
  sun: "M8 5.200a2.800 2.800 0 1 0 0 5.600 2.800 2.800 0 0 0 0-5.600zM8 1.500v1.300M8 13.200v1.300M1.500 8h1.300M13.200 8h1.300M3.400 3.400l.9.9M11.700 11.700l.9.9M3.400 12.600l.9-.9M11.700 4.300l.9-.9",
  moon: "M13 9.800A5.500 5.500 0 0 1 6.200 3a5.500 5.500 0 1 0 6.800 6.800z",
  info: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 7.300v3.600M8 5v.2",
  copy: "M6 6h7v7H6zM10 6V3H3v7h3",
  chart: "M2.500 13.500h11M3.500 11l3-4 2.500 2 3.500-5.500",
  send: "M2.500 8L13.500 3l-3.200 10.200-2.600-3.900zM7.700 9.300l5.800-6.300",
  play: "M5 3.500v9l7.500-4.500z",
  pause: "M5.500 3.500v9M10.500 3.500v9",
  back: "M9.500 3.500L5 8l4.500 4.500",
  more: "M3.500 8h.01M8 8h.01M12.500 8h.01",
  record: "M8 4.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7z",
  rules: "M2.500 4.500h6M2.500 8h11M2.500 11.500h8M11 3v3",
  download: "M8 2.500v8M4.800 7.500L8 10.700l3.200-3.200M3 13.500h10",
  pin: "M8 2.500v7M5 9.500h6M8 9.500v4M6 2.500h4",
};

export function Icon({ name, size = 16 }) {
  return html`<svg class="glyph" width=${size} height=${size} viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d=${paths[name]} /></svg>`;
}

export function Bird() {
  return html`<svg class="bird" viewBox="0 0 64 64" aria-hidden="true"><path fill="currentColor"
    d="M3 19.500c6 2.600 12.500 3.300 18.200 1.700 1.500-3.600 4.700-5.700 8.300-5.500 4.600.3 7.600 3.700 7.700 8.200 4.300 1.600 14.200 6.500 22.800 15.100-6.600 0-10.700.5-14.300 2.200-3.100 1.500-6.600 2.300-10.600 2.200l.8 12.600h4.100v2h-6.100l-.9-14.900c-1-.2-2-.5-2.900-.8L28.500 56h4v2h-6.100l1.800-16.900c-5.600-3-8-8-7.300-13.600.2-1.700.2-3-.2-4.100C14.700 25 8.600 23.700 3 19.500z" /></svg>`;
}

/** A button that shows an icon and is called by its label. */
export function IconButton({ name, label, class: extra = "", ...rest }) {
  return html`<button type="button" class=${`icon plain ${extra}`} aria-label=${label} title=${label} ...${rest}><${Icon} name=${name} /></button>`;
}
