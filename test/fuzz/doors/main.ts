import { parseArgs } from 'node:util'
import { besiege } from './siege.ts'

/**
 * Throws bent payloads at every door of a running house, all at once: MQTT, HTTP by its OpenAPI document, socket.io
 * frames, configuration files, CSV. Ends with 0 only if nothing broke: no crash, no unhandled rejection, no 5xx without
 * a problem document, no 500, and a good gateway is served afterwards.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 1_000_000)) },
    json: { type: 'boolean', default: false },
  },
})
const [minutes, seed] = [Number(values.minutes), Number(values.seed)]
if (!(minutes > 0) || !Number.isInteger(seed)) {
  process.stderr.write('usage: npm run fuzz:doors -- [--minutes N] [--seed N] [--json]\n')
  process.exit(2)
}
process.stderr.write(`fuzz: every door for ${minutes} minutes, seed ${seed}\n`)
const siege = await besiege(minutes * 60, seed)
for (const { name, inputs, broken } of siege.doors) {
  process.stderr.write(
    `${name.padEnd(24)} ${inputs.toLocaleString('en').padStart(10)}  ${broken.length === 0 ? 'held' : 'BROKEN'}\n`,
  )
  for (const one of broken) process.stderr.write(`  ${one}\n`)
}
for (const one of siege.broken) process.stderr.write(`BROKEN  ${one}\n`)
if (values.json) process.stdout.write(`${JSON.stringify({ seed, minutes, ...siege })}\n`)
process.exit(siege.broken.length === 0 && siege.doors.every(({ broken }) => broken.length === 0) ? 0 : 1)
