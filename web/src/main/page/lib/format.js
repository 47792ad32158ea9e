// Numbers, sizes and times as people read them. Pure functions.

const units = ["B", "kB", "MB", "GB", "TB"];

/** 1234567 as "1,234,567". */
export function count(value) {
  return value == null ? "" : Math.round(value).toLocaleString("en");
}

/** 1234567 as "1.23M": for narrow columns. */
export function short(value) {
  if (value == null) return "";
  if (value < 1000) return String(Math.round(value));
  const power = Math.min(3, Math.floor(Math.log10(value) / 3));
  return significant(value / 1000 ** power) + ["", "k", "M", "G"][power];
}

/** Events per second: "" for none, "0.2", "14", "12.3k". */
export function rate(value) {
  if (!value || value < 0.005) return "";
  if (value < 9.95) return value.toFixed(value < 0.095 ? 2 : 1);
  return short(value);
}

/** Bytes with a unit. Decimal units, as brokers count them. */
export function bytes(value) {
  if (value == null) return "";
  let power = 0;
  while (value >= 1000 && power < units.length - 1) {
    value /= 1000;
    power++;
  }
  return `${power === 0 ? Math.round(value) : significant(value)} ${units[power]}`;
}

function significant(value) {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** "14:03:07.250" in the reader's time zone; with the date when it is not today. */
export function time(millis, now = Date.now()) {
  if (millis == null) return "";
  const at = new Date(millis);
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, "0")}`;
  return new Date(now).toDateString() === at.toDateString() ? clock : `${date(at)} ${clock}`;
}

function date(at) {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

function two(value) {
  return String(value).padStart(2, "0");
}

/** How long ago: "now", "5 s", "3 min", "2 h", "4 d". */
export function age(millis, now = Date.now()) {
  const seconds = Math.max(0, (now - millis) / 1000);
  if (seconds < 1) return "now";
  return duration(seconds);
}

/** A length of time in its largest unit. */
export function duration(seconds) {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}

/** A length of time with two units: "3 d 4 h". */
export function uptime(seconds) {
  if (seconds < 60) return duration(seconds);
  const [size, smaller] = seconds < 3600 ? [60, 1] : seconds < 86400 ? [3600, 60] : [86400, 3600];
  return `${duration(seconds)} ${duration(Math.floor((seconds % size) / smaller) * smaller)}`;
}

export function plural(number, one, many = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

// Characters that a terminal or a reader would act on, or that change the order of what is read: shown, never obeyed.
// eslint-disable-next-line no-control-regex
const unsafe = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Text on one line, with control characters made visible. */
export function visible(text) {
  return text.replace(unsafe, (it) => {
    const code = it.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return "\u2421";
    return `\u27e8${code.toString(16).toUpperCase().padStart(4, "0")}\u27e9`;
  });
}
