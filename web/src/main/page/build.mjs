// Bundles the page: build.mjs WORK OUTPUT. The npm packages are in WORK/node_modules; BuildPage.java puts them there.
import { copyFileSync, existsSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [work, output] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const { build } = createRequire(join(work, "package.json"))("esbuild");

/** The packages that end up in the bundle, with the text of their licences, for the page's "About". */
function packages() {
  const lock = JSON.parse(readFileSync(join(here, "package-lock.json"), "utf8"));
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path && !entry.dev && !entry.optional && !entry.peer)
    .map(([path, entry]) => {
      const folder = join(work, path);
      const file = existsSync(folder) && readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
      if (!file) throw new Error(`${path} has no licence file`);
      return {
        name: path.replace("node_modules/", ""),
        version: entry.version,
        licence: entry.license,
        text: readFileSync(join(folder, file), "utf8").trim(),
      };
    });
}

const licences = {
  name: "licences",
  setup(it) {
    it.onResolve({ filter: /^page:licences$/ }, ({ path }) => ({ path, namespace: "page" }));
    it.onLoad({ filter: /.*/, namespace: "page" }, () => ({ contents: JSON.stringify(packages()), loader: "json" }));
  },
};

await build({
  entryPoints: [join(here, "app.js"), join(here, "app.css")],
  outdir: output,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome109", "firefox115", "safari16.4"],
  legalComments: "none",
  nodePaths: [join(work, "node_modules")],
  plugins: [licences],
  logLevel: "warning",
});
for (const name of ["index.html", "icon.svg"]) copyFileSync(join(here, name), join(output, name));
