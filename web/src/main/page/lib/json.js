// JSON without loss: numbers keep the digits they were sent with, keys keep their order and duplicates.

/**
 * A value of a document: kind is "object", "array", "string", "number", "boolean" or "null"; children of objects and arrays are values
 * with a key; text is what the document says, for strings what they mean.
 */
export class JsonError extends Error {}

const deepest = 500;

export function parse(text) {
  let at = 0;

  function fail(what) {
    const before = text.slice(0, at);
    const line = before.split("\n").length;
    throw new JsonError(`${what} in line ${line}, column ${at - before.lastIndexOf("\n")}`);
  }

  function space() {
    for (;;) {
      const it = text.charCodeAt(at);
      if (it !== 32 && it !== 10 && it !== 13 && it !== 9) return;
      at++;
    }
  }

  function value(key, depth) {
    if (depth > deepest) fail(`nested deeper than ${deepest} levels`);
    space();
    const it = text[at];
    if (it === "{") return object(key, depth);
    if (it === "[") return array(key, depth);
    if (it === '"') return { kind: "string", key, text: string() };
    for (const [word, kind] of [["true", "boolean"], ["false", "boolean"], ["null", "null"]]) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return { kind, key, text: word };
      }
    }
    const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    number.lastIndex = at;
    const found = number.exec(text);
    if (!found) fail(at < text.length ? "unexpected character" : "unexpected end");
    at += found[0].length;
    return { kind: "number", key, text: found[0] };
  }

  function string() {
    const start = at++;
    for (;;) {
      const it = text.charCodeAt(at);
      if (Number.isNaN(it)) fail("string without an end");
      if (it === 34) break;
      if (it < 32) fail("control character in a string");
      at += it === 92 ? 2 : 1;
    }
    at++;
    try {
      return JSON.parse(text.slice(start, at));
    } catch {
      return fail("invalid escape in the string that ends");
    }
  }

  function object(key, depth) {
    const children = [];
    at++;
    space();
    if (text[at] === "}") at++;
    else {
      for (;;) {
        space();
        if (text[at] !== '"') fail("expected a key");
        const name = string();
        space();
        if (text[at] !== ":") fail("expected ':'");
        at++;
        children.push(value(name, depth + 1));
        space();
        if (text[at] === ",") at++;
        else if (text[at] === "}") {
          at++;
          break;
        } else fail("expected ',' or '}'");
      }
    }
    return { kind: "object", key, children };
  }

  function array(key, depth) {
    const children = [];
    at++;
    space();
    if (text[at] === "]") at++;
    else {
      for (;;) {
        children.push(value(children.length, depth + 1));
        space();
        if (text[at] === ",") at++;
        else if (text[at] === "]") {
          at++;
          break;
        } else fail("expected ',' or ']'");
      }
    }
    return { kind: "array", key, children };
  }

  const root = value(null, 0);
  space();
  if (at < text.length) fail("text after the document");
  return root;
}

/** The document, indented by two spaces, as lines. */
export function lines(root) {
  const out = [];
  function write(node, indent, last) {
    const label = typeof node.key === "string" ? `${JSON.stringify(node.key)}: ` : "";
    const comma = last ? "" : ",";
    if (!node.children) {
      out.push(indent + label + literal(node) + comma);
      return;
    }
    const [open, close] = node.kind === "object" ? "{}" : "[]";
    if (node.children.length === 0) {
      out.push(indent + label + open + close + comma);
      return;
    }
    out.push(indent + label + open);
    node.children.forEach((child, index) => write(child, `${indent}  `, index === node.children.length - 1));
    out.push(indent + close + comma);
  }
  write(root, "", true);
  return out;
}

export function literal(node) {
  return node.kind === "string" ? JSON.stringify(node.text) : node.text;
}

/** The address of a value from its keys: $.a.b[3], ["odd key"]. */
export function pathOf(keys) {
  return `$${keys
    .map((key) => (typeof key === "number" ? `[${key}]` : /^[A-Za-z_][\w-]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`))
    .join("")}`;
}
