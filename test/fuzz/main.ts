import { parseArgs } from 'node:util'
import { fuzzTargets } from './catalogue.ts'
import { type FuzzResult, fuzz } from './run.ts'

/**
 * Gives everything that takes bytes from outside a million inputs each. Ends with 0 only if every promise held and no
 * input took longer than the bound. The same seed gives the same inputs.
 */
const usage = 'usage: npm run fuzz -- [--inputs N] [--seed N] [--only NAME,NAME] [--json]\n'
/** Far beyond a pause of the garbage collector: what takes longer grows faster than its input. */
const boundMs = 1000

let asked: ReturnType<typeof read>
try {
  asked = read()
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n${usage}`)
  process.exit(2)
}

function read() {
  const { values } = parseArgs({
    options: {
      inputs: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 1_000_000)) },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const inputs = Number(values.inputs)
  const seed = Number(values.seed)
  if (!Number.isInteger(inputs) || inputs < 1) throw new Error(`--inputs ${values.inputs} is not a count`)
  if (!Number.isInteger(seed)) throw new Error(`--seed ${values.seed} is not a whole number`)
  const only = values.only?.split(',').map((name) => name.trim())
  const unknown = only?.find((name) => !fuzzTargets.some((target) => target.name === name))
  if (unknown !== undefined)
    throw new Error(`--only ${unknown}: there are ${fuzzTargets.map(({ name }) => name).join(', ')}`)
  return { inputs, seed, json: values.json, targets: fuzzTargets.filter(({ name }) => only?.includes(name) ?? true) }
}

const { inputs, seed, json, targets } = asked
const columns = ['target', 'inputs', 'accepted', 'refused', 'per second', 'slowest', ''] as const
const widths = [24, 11, 11, 11, 11, 10, 0]
const row = (cells: readonly string[]) =>
  cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' ')
const count = (value: number) => Math.round(value).toLocaleString('en')
const line = (result: FuzzResult) =>
  row([
    result.target,
    count(result.inputs),
    count(result.accepted),
    count(result.refused),
    count(result.inputs / result.seconds),
    `${result.slowestMs.toFixed(1)} ms`,
    held(result) ? 'held' : 'BROKEN',
  ])
const held = (result: FuzzResult) => result.broken === undefined && result.slowestMs <= boundMs

process.stderr.write(`fuzz: ${targets.length} targets, ${count(inputs)} inputs each, seed ${seed}\n${row(columns)}\n`)
const results: FuzzResult[] = []
for (const target of targets) {
  const result = fuzz(target, { inputs, seed })
  process.stderr.write(`${line(result)}\n`)
  if (result.broken !== undefined) process.stderr.write(`  ${result.broken.why}\n  on ${result.broken.hex}\n`)
  results.push(result)
}
if (json) process.stdout.write(`${JSON.stringify({ seed, inputs, results })}\n`)
process.exit(results.every(held) ? 0 : 1)
