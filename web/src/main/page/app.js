import { render } from "preact";
import { html } from "./lib/html.js";
import { start } from "./model/store.js";
import { startTheme } from "./model/theme.js";
import { App } from "./view/app.js";

startTheme();
start();
render(html`<${App} />`, document.getElementById("app"));
