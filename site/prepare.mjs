// Puts what the site shows into target/pages: docs/, the documents of the root, and the home page. Links that leave docs/
// lead to the copies; links to sources become plain text, since the site has no sources.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const site = dirname(fileURLToPath(import.meta.url))
const root = dirname(site)
const pages = join(site, 'target/pages')

/** Documents outside docs/, and where the site has them. */
const elsewhere = {
  'ARCHITECTURE.md': 'project/architecture.md',
  'CONTRIBUTING.md': 'project/contributing.md',
  'CHANGELOG.md': 'project/changelog.md',
  'SECURITY.md': 'project/security.md',
  'interop/README.md': 'project/interop-brokers.md',
}

const places = new Map(Object.entries(elsewhere))
const walk = folder => readdirSync(folder).flatMap(name => {
  const path = join(folder, name)
  return statSync(path).isDirectory() ? walk(path) : [path]
})

rmSync(pages, { recursive: true, force: true })
mkdirSync(pages, { recursive: true })
for (const path of walk(join(root, 'docs'))) {
  places.set(relative(root, path), relative(join(root, 'docs'), path))
}
for (const [from, to] of places) {
  mkdirSync(dirname(join(pages, to)), { recursive: true })
  if (from.endsWith('.md')) {
    writeFileSync(join(pages, to), rewrite(readFileSync(join(root, from), 'utf8'), from, to))
  } else {
    cpSync(join(root, from), join(pages, to))
    cpSync(join(root, from), join(pages, 'public', to)) // for links to it; a picture in a page is taken from beside the page
  }
}
cpSync(join(site, 'home.md'), join(pages, 'index.md'))
cpSync(join(root, 'web/src/main/page/icon.svg'), join(pages, 'public/icon.svg'))

/** The text with its links rewritten, outside of code. */
function rewrite(text, from, to) {
  return text.replace(/^<!-- .* -->\n/gm, '').split(/(^```[\s\S]*?^```$|`[^`\n]*`)/m).map((part, i) => i % 2 ? part
    : part.replace(/(!?)\[([^\]]*)\]\(([^)\s]+)\)/g, (all, image, label, target) => {
      if (/^[a-z]+:|^#/.test(target)) return all
      const [path, anchor] = target.split('#')
      const source = posix.normalize(posix.join(posix.dirname(from), path))
      const place = places.get(source)
      if (place === undefined) return image ? all : label
      const link = posix.relative(posix.dirname(to), place)
      return `${image}[${label}](${link.startsWith('.') ? link : './' + link}${anchor ? '#' + anchor : ''})`
    }).replace(/<(?=[A-Za-z/!])(?!(?:br|img|a|sub|sup|details|summary|picture|source|kbd)\b|\/(?:a|sub|sup|details|summary|picture|kbd)>|https?:)/g, '&lt;')).join('')
}
