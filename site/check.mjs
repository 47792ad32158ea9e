// Checks the built site: links, anchors and images; no requests to other hosts; each page in Chromium at phone and desktop
// width, light and dark: no errors, nothing wider than the window. Screenshots go to target/screenshots. Exit code 1 lists
// what is wrong.
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { dirname, join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import puppeteer from 'puppeteer-core'
import { serve } from './serve.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const site = join(here, 'target/site')
const problems = []

const walk = folder => readdirSync(folder).flatMap(name => {
  const path = join(folder, name)
  return statSync(path).isDirectory() ? walk(path) : [path]
})
const pages = walk(site).map(path => relative(site, path)).filter(path => path.endsWith('.html') && !path.startsWith('api/'))
if (pages.length < 20) problems.push(`only ${pages.length} pages were built`)
const texts = new Map(pages.map(page => [page, readFileSync(join(site, page), 'utf8')]))
const anchors = page => new Set([...texts.get(page).matchAll(/\sid="([^"]+)"/g)].map(match => match[1]))

// ---- links ----
const hasApi = existsSync(join(site, 'api/index.html'))
for (const [page, text] of texts) {
  for (const [, attribute, value] of text.matchAll(/\s(href|src)="([^"]+)"/g)) {
    const target = value.replaceAll('&amp;', '&')
    if (/^(mailto|data):/.test(target)) continue
    if (/^(https?:)?\/\//.test(target)) {
      if (attribute === 'src') problems.push(`${page}: asks another host for ${target}`)
      continue
    }
    const [path, anchor] = target.split('#')
    const place = path === '' ? page
      : posix.normalize(path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(page), path)) || 'index.html'
    const file = place === '.' || place.endsWith('/') ? posix.join(place, 'index.html') : place
    if (file.startsWith('api/') && !hasApi) continue
    if (!existsSync(join(site, file))) problems.push(`${page}: ${target} leads nowhere`)
    else if (anchor && texts.has(file) && !anchors(file).has(decodeURIComponent(anchor))) problems.push(`${page}: ${target}: no such heading`)
  }
}

// ---- in a browser ----
const chromium = process.env.CHROMIUM ?? execFileSync('sh', ['-c', 'command -v chromium || command -v google-chrome']).toString().trim()
const { address, close } = await serve()
const browser = await puppeteer.launch({ executablePath: chromium, args: ['--no-sandbox', '--disable-gpu'] })
mkdirSync(join(here, 'target/screenshots'), { recursive: true })
const tab = await browser.newPage()
let at = ''
tab.on('pageerror', error => problems.push(`${at}: ${error.message}`))
tab.on('request', request => {
  if (!request.url().startsWith(address) && !request.url().startsWith('data:')) problems.push(`${at}: asks ${request.url()}`)
})
tab.on('response', response => {
  if (response.status() >= 400) problems.push(`${at}: ${response.status()} for ${response.url().slice(address.length)}`)
})
for (const [name, width, height] of [['phone', 390, 844], ['desktop', 1440, 900]]) {
  for (const scheme of ['light', 'dark']) {
    await tab.setViewport({ width, height })
    await tab.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
    for (const page of pages) {
      at = `${page} (${name}, ${scheme})`
      await tab.goto(`${address}/${page}`, { waitUntil: 'load' })
      const wide = await tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      if (wide > 0) problems.push(`${at}: ${wide} pixels wider than the window`)
      if (/^(index|guide\/getting-started|performance|cli)\.html$/.test(page)) {
        await tab.screenshot({ path: join(here, 'target/screenshots', `${page.replaceAll('/', '-')}-${name}-${scheme}.png`) })
      }
    }
  }
}
await browser.close()
close()

for (const problem of problems) console.error(problem)
console.log(`${pages.length} pages, ${problems.length} problems`)
process.exit(problems.length ? 1 : 0)
