import { importsOf, packageOf, type SourceFile, withoutComments } from './imports.ts'

/** The rules of the house. Each answers with sentences, one per broken place. */

const own = /^(bin|shared|edge|cloud|simulators|bench|test)\//
const isOwn = (specifier: string) => own.test(specifier)
const folderOf = (path: string) => path.slice(0, path.indexOf('/'))

/** Which folders a folder may import from, itself included. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  shared: ['shared'],
  edge: ['shared', 'edge'],
  cloud: ['shared', 'cloud'],
  simulators: ['shared', 'simulators'],
  bin: ['bin', 'shared', 'edge', 'cloud', 'simulators'],
  bench: ['bench', 'shared', 'edge', 'cloud', 'simulators', 'test'],
}

/** One library, one home: path prefixes that may name it. */
export const homes: Readonly<Record<string, readonly string[]>> = {
  aedes: ['cloud/broker/', 'edge/sources/mqtt-host/', 'simulators/devices/site-broker'],
  serialport: ['edge/sources/serial/'],
  nodemailer: ['cloud/notify/'],
  'modbus-serial': ['edge/sources/modbus/'],
  influx: ['cloud/series/'],
  '@influxdata/influxdb-client': ['cloud/series/'],
  fastify: ['cloud/http/'],
  '@fastify/cookie': ['cloud/http/'],
  '@fastify/helmet': ['cloud/http/'],
  '@fastify/rate-limit': ['cloud/http/'],
  '@fastify/static': ['cloud/http/'],
  '@fastify/swagger': ['cloud/http/'],
  '@fastify/swagger-ui': ['cloud/http/'],
  'fastify-type-provider-zod': ['cloud/http/'],
  'socket.io': ['cloud/push/'],
  'socket.io-client': ['cloud/board/', 'bench/'],
  preact: ['cloud/board/'],
  '@preact/signals': ['cloud/board/'],
  uplot: ['cloud/board/'],
  flatbush: ['cloud/board/'],
  '@peculiar/x509': ['cloud/tls/'],
  'reflect-metadata': ['cloud/tls/'],
  uqr: ['bin/', 'cloud/board/parts/'],
  commander: ['bin/'],
  yaml: ['bin/', 'cloud/board/core/rule-yaml'],
  mqtt: [
    'edge/sources/mqtt/',
    'edge/uplink/',
    'edge/outputs/mqtt',
    'cloud/broker/',
    'cloud/notify/send-mqtt',
    'simulators/devices/',
    'bench/',
  ],
  'mqtt-packet': ['edge/uplink/', 'cloud/broker/', 'bench/'],
  'node:worker_threads': ['cloud/threads/', 'cloud/main.ts', 'bench/'],
  'node:sqlite': [
    'cloud/database/',
    'cloud/journal/',
    'cloud/series/',
    'cloud/inventory/',
    'cloud/goods/',
    'cloud/alerts/',
    'cloud/supervision/',
    'cloud/accounts/',
    'cloud/audit/',
    'cloud/drafts/',
    'cloud/notify/',
    'edge/spool/lock',
    'bench/',
  ],
}

/** Rooms that decide: no I/O, no clock, no chance, no state of their own. */
const deciding = [
  /^shared\//,
  /^edge\/(framing|decoders|commands|clean|clock|gate|rules|supervision)\//,
  /^edge\/power\/(?!open)/,
  /^edge\/spool\/segments/,
  /^cloud\/location\//,
  /^cloud\/alerts\/(?!open|following-stock|queries)/,
  /^cloud\/notify\/(flood|retry|route|words)/,
  /^cloud\/inventory\/(?!open|store|ledger|conclusions|packed-rows|reader-rows|evidence-rows|base-rows|packing-rows|untagged-rows|item-rows|schema|queries)/,
  /^cloud\/goods\/(?!open|keep|fact-table|queries)/,
  /^cloud\/board\/core\//,
  /^cloud\/tuning\/(?!newest)/,
  /^simulators\/world\//,
]

export function violations(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) => [
    ...neighbours(file),
    ...sharedPurity(file),
    ...catalogues(file),
    ...libraryHomes(file),
    ...decidingCode(file),
    ...heavyImports(file),
  ])
}

function neighbours(file: SourceFile): readonly string[] {
  const allowed = mayImport[folderOf(file.path)] ?? []
  return importsOf(file)
    .filter((specifier) => isOwn(specifier) && !allowed.includes(folderOf(specifier)))
    .map((specifier) => `${file.path}: may not import ${specifier}`)
}

function sharedPurity(file: SourceFile): readonly string[] {
  if (!file.path.startsWith('shared/')) return []
  return importsOf(file)
    .filter((specifier) => !isOwn(specifier) && specifier !== 'zod')
    .map((specifier) => `${file.path}: shared imports zod and nothing else, not ${specifier}`)
}

/** A catalogue knows adapters, an adapter knows its port; only those who assemble know catalogues. */
function catalogues(file: SourceFile): readonly string[] {
  if (/\/(main|line|config|catalogue)\.ts$/.test(file.path) || /^(bin|bench)\//.test(file.path)) return []
  return importsOf(file)
    .filter((specifier) => specifier.endsWith('/catalogue.ts'))
    .map(
      (specifier) => `${file.path}: only main.ts, line.ts and config.ts know catalogues, not this file (${specifier})`,
    )
}

function libraryHomes(file: SourceFile): readonly string[] {
  return importsOf(file)
    .filter((specifier) => !isOwn(specifier))
    .map((specifier) => (specifier.startsWith('node:') ? specifier : packageOf(specifier)))
    .filter((library) => homes[library]?.every((home) => !file.path.startsWith(home)) ?? false)
    .map((library) => `${file.path}: ${library} lives in ${homes[library]?.join(', ')}`)
}

/** See `edge/node-http.ts`. InfluxDB 2 has a client that imports it anyway, and is loaded only where it is configured. */
function heavyImports({ path, text }: SourceFile): readonly string[] {
  if (!/^(edge|cloud)\//.test(path) || path === 'cloud/series/influx2.ts') return []
  return /^import (?!type )[^'"]*'node:http'|import\('node:http'\)/m.test(withoutComments(text))
    ? [`${path}: process.getBuiltinModule brings node:http without its WebSocket client, 3 MB; an import does not`]
    : []
}

function decidingCode(file: SourceFile): readonly string[] {
  if (!deciding.some((room) => room.test(file.path))) return []
  const text = withoutComments(file.text)
  return [
    ...importsOf(file)
      .filter((specifier) => specifier.startsWith('node:'))
      .map((specifier) => `${file.path}: deciding code imports no ${specifier}`),
    ...['Date.now(', 'performance.now(', 'Math.random(', 'new Date()', 'setTimeout(', 'setInterval(', 'process.']
      .filter((word) => text.includes(word))
      .map((word) => `${file.path}: deciding code receives time and chance; found ${word}`),
    ...[...text.matchAll(/^(?:export )?let (\w+)/gm)].map((match) => `${file.path}: module state \`${match[1]}\``),
  ]
}
