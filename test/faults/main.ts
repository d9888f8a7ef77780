import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { stripServicesAhead } from '../support/processes.ts'
import { faultCases, notInjected } from './catalogue.ts'
import type { Tier } from './fault-case.ts'
import { line, markdown, type Run, table } from './report.ts'
import { type Result, runCase } from './run.ts'

/**
 * Injects faults into real gateways and a real cloud, and shows that nothing is lost and nothing happens twice. Ends
 * with 0 only if every fault that was injected held; with CI set, only if every fault was injected, too: a server or
 * tool that is missing there is a mistake. The same seed makes the same faults; timing is the machine's own.
 */
const defaultSeed = 20_261_123
const usage = `usage: npm run faults -- [--seed N] [--tier commit|full] [--only F5,F21] [--json] [--report FILE] [--list]\n`

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
      seed: { type: 'string', default: String(defaultSeed) },
      tier: { type: 'string', default: 'commit' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      report: { type: 'string' },
      list: { type: 'boolean', default: false },
    },
  })
  const seed = Number(values.seed)
  if (!Number.isInteger(seed) || seed < 0) throw new Error(`--seed ${values.seed} is not a whole number`)
  if (values.tier !== 'commit' && values.tier !== 'full') throw new Error(`--tier ${values.tier} is not known`)
  const only = values.only?.split(',').map((name) => name.trim().toUpperCase())
  const unknown = only?.find((name) => !faultCases.some(({ fault }) => fault === name))
  if (unknown !== undefined) throw new Error(`--only ${unknown}: this fault is not injected by the harness`)
  return { ...values, seed, tier: values.tier as Tier, only }
}

const { seed, tier, only } = asked
const chosen = faultCases.filter(
  ({ fault, tier: from }) => only?.includes(fault) ?? (tier === 'full' || from === 'commit'),
)
if (asked.list) {
  for (const { fault, tier: from, title } of faultCases)
    process.stdout.write(`${fault.padEnd(4)} ${from.padEnd(6)} ${title}\n`)
  for (const { fault, title, why } of notInjected) process.stdout.write(`${fault.padEnd(4)} –      ${title} (${why})\n`)
  process.exit(0)
}

const isLive = process.stderr.isTTY === true
const tell = (text: string) => process.stderr.write(text)
tell(`faults: tier ${tier}, seed ${seed}, ${chosen.length} faults\n`)
stripServicesAhead()
const startedMs = performance.now()
const results: Result[] = []
for (const fault of chosen) {
  const note = (text: string) => {
    if (isLive)
      tell(`\r\u001b[K${fault.fault.padEnd(4)} … ${fault.title}: ${text}`.slice(0, process.stderr.columns + 4))
  }
  note('')
  const result = await runCase(fault, { seed, tier, note })
  if (isLive) tell('\r\u001b[K')
  tell(`${line(result)}\n`)
  for (const problem of result.problems) tell(`       ${problem}\n`)
  results.push(result)
}
const run: Run = { seed, tier, seconds: (performance.now() - startedMs) / 1000, results, notInjected }
const isBroken = ({ held }: Result) => held === false || (held === undefined && process.env['CI'] !== undefined)
const held = !results.some(isBroken)

if (asked.report !== undefined) await writeFile(asked.report, markdown(run))
if (asked.json) process.stdout.write(`${JSON.stringify({ ...run, held })}\n`)
else {
  process.stdout.write(`\n${table(results)}\n`)
  for (const { fault, why } of notInjected) process.stdout.write(`${fault}  not injected: ${why}\n`)
  const broken = results.filter(isBroken).map(({ fault }) => fault)
  const again = broken.length === 0 ? '' : ` Again: npm run faults -- --seed ${seed} --only ${broken.join(',')}`
  process.stdout.write(
    `\nseed ${seed}: ${held ? 'every fault held' : `BROKEN: ${broken.join(', ')}.${again}`} (${Math.round(run.seconds)} s)\n`,
  )
}
process.exit(held ? 0 : 1)
