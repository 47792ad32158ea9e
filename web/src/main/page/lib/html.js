// JSX without a compiler. Text is always set as text: nothing here can turn a payload or a topic into HTML.
import htm from "htm";
import { h } from "preact";

export const html = htm.bind(h);
