import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'

const site = dirname(dirname(fileURLToPath(import.meta.url)))

/** Pages of a section, those that are there. */
const section = (text, pages) => ({
  text,
  items: pages
    .filter(([, link]) => existsSync(join(site, 'target/pages', `${link}.md`)))
    .map(([title, link]) => ({ text: title, link: `/${link}` })),
})

const sidebar = [
  section('Start', [['Getting started', 'guide/getting-started']]),
  section('Guide', [
    ['Connecting', 'connecting'],
    ['TLS', 'tls'],
    ['Transports and proxies', 'transports'],
    ['Publishing', 'guide/publishing'],
    ['Subscribing', 'guide/subscribing'],
    ['Failures and reports', 'guide/failures'],
    ['Back-pressure and limits', 'guide/limits'],
    ['Sessions and the store', 'guide/sessions'],
    ['The store on disk', 'store'],
    ['MQTT 5', 'guide/mqtt5'],
    ['Request and response', 'guide/requests'],
    ['Shutting down', 'guide/shutdown'],
    ['Errors', 'guide/errors'],
    ['Testing', 'guide/testing'],
    ['Observability', 'observability'],
  ]),
  section('Integrations', [
    ['Spring Boot', 'spring-boot'],
    ['Kotlin', 'kotlin'],
    ['Streams', 'streams'],
    ['Kafka Connect', 'kafka'],
    ['Recipes', 'recipes'],
    ['Compatibility', 'compatibility'],
  ]),
  section('Migration', [
    ['From Paho', 'migration/paho'],
    ['From HiveMQ’s client', 'migration/hivemq'],
    ['From Vert.x', 'migration/vertx'],
  ]),
  section('Command line', [
    ['The command', 'cli'],
    ['All options', 'commands'],
    ['Benchmarks', 'bench'],
    ['Doctor', 'doctor'],
    ['Bridge', 'bridge'],
    ['Web view', 'web'],
  ]),
  section('NodeMCU', [
    ['Scripts on the desktop', 'nodemcu'],
    ['Modules', 'nodemcu-modules'],
    ['Simulated devices', 'simulate'],
  ]),
  section('Evidence', [
    ['Guarantees', 'guarantees'],
    ['Performance', 'performance'],
    ['Performance log', 'performance-log'],
    ['Interoperability', 'interop'],
    ['Hostile brokers', 'hostile-broker'],
  ]),
  section('Project', [
    ['Architecture', 'project/architecture'],
    ['Decisions', 'decisions/README'],
    ['Contributing', 'project/contributing'],
    ['Release notes: 0.1.0', 'releases/0.1.0'],
    ['Changes', 'project/changelog'],
    ['Security', 'project/security'],
    ['Releasing', 'releasing'],
  ]),
].filter(group => group.items.length > 0)

export default defineConfig({
  title: 'Godwit',
  description: 'The MQTT client for the JVM',
  lang: 'en',
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: '/icon.svg' }]],
  srcDir: 'target/pages',
  outDir: 'target/site',
  cacheDir: 'target/cache',
  cleanUrls: false,
  lastUpdated: false,
  ignoreDeadLinks: [/^\/api\//],
  markdown: {
    theme: { light: 'github-light', dark: 'github-dark' },
    // Double braces are text here, not expressions of Vue. In fences they are already.
    config: md => {
      const { code_inline: code, text } = md.renderer.rules
      md.renderer.rules.code_inline = (...given) => code(...given).replaceAll('{{', '&#123;&#123;')
      md.renderer.rules.text = (...given) => text(...given).replaceAll('{{', '&#123;&#123;')
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Guide', link: '/guide/getting-started' },
      { text: 'Command', link: '/cli' },
      { text: 'NodeMCU', link: '/nodemcu' },
      { text: 'API', link: '/api/index.html', target: '_self' },
    ],
    sidebar,
    outline: [2, 3],
    footer: { message: 'Apache License 2.0' },
  },
})
