import { readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { stripServicesAhead } from '../test/support/processes.ts'
import type { Benchmark } from './benchmark.ts'

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !['main.ts', 'benchmark.ts'].includes(file))
  .map((file) => file.slice(0, -3))

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string' },
    minutes: { type: 'string' },
    batch: { type: 'string' },
    records: { type: 'string' },
    clients: { type: 'string' },
    series: { type: 'string' },
    store: { type: 'string' },
    repeats: { type: 'string' },
    seeds: { type: 'string' },
    scale: { type: 'string' },
    file: { type: 'string' },
    format: { type: 'string', default: 'generic' },
    outside: { type: 'string', default: '0' },
    inside: { type: 'string', default: '1' },
    rssi: { type: 'string', default: 'auto' },
    json: { type: 'boolean' },
  },
})
const name = positionals[0]
if (name === undefined || !names.includes(name)) {
  process.stderr.write(
    `usage: npm run bench -- <name> [--seconds N | --minutes N] [--json]\nnames: ${names.join(', ')}\n`,
  )
  process.exit(2)
}

if (values.format !== 'generic' || !['dbm', 'cdbm', 'linear', 'auto'].includes(values.rssi)) {
  process.stderr.write('--format is generic, --rssi is dbm, cdbm, linear or auto\n')
  process.exit(2)
}

stripServicesAhead()
const number = (text: string | undefined) => (text === undefined ? undefined : Number(text))
const benchmark = (await import(`./${name}.ts`)) as Benchmark
const figures = await benchmark.run({
  seconds: values.minutes === undefined ? number(values.seconds) : 60 * Number(values.minutes),
  batch: number(values.batch),
  records: number(values.records),
  clients: number(values.clients),
  repeats: number(values.repeats),
  seeds: number(values.seeds),
  scale: number(values.scale),
  gate: { file: values.file, outside: values.outside, inside: values.inside, rssi: values.rssi },
  series: [values.series, values.store].includes('influx') ? 'influx' : 'sqlite',
})
// A pipe takes 64 KB at once: who ends before the rest is written has told half a line.
process.stdout.write(
  values.json === true
    ? `${JSON.stringify(figures)}\n`
    : Object.entries(figures)
        .map(([key, value]) => `${key.padEnd(24)} ${typeof value === 'object' ? JSON.stringify(value) : value}\n`)
        .join(''),
  () => process.exit(0),
)
