import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

/**
 * A recorded run of a real gate (Impinj reader, four antennas), counted here by the plainest reading of the file,
 * independent of the product's decoder.
 */
export interface RecordedGate {
  readonly path: string
  readonly reads: number
  readonly epcs: ReadonlySet<string>
  /** Unix ms of the first and last read. */
  readonly fromMs: number
  readonly toMs: number
}

const runs = fileURLToPath(new URL('../../../shared/data/gate-static-vs-moving/runs/', import.meta.url))

/** undefined where the recordings are not there; with `CI` set their absence is an error. */
export function recordedGate(name: string): RecordedGate | undefined {
  const path = `${runs}${name}.csv.gz`
  if (!existsSync(path)) {
    if (process.env['CI'] !== undefined) throw new Error(`the recording ${name} is missing`)
    return undefined
  }
  const epcs = new Set<string>()
  const times: number[] = []
  for (const line of gunzipSync(readFileSync(path)).toString().split('\n')) {
    if (line.startsWith('//')) continue
    const [time, epc] = line.split(';')
    if (time === undefined || epc === undefined || epc === '') continue
    epcs.add(epc.toUpperCase())
    times.push(Date.parse(time.replace(/(\.\d{3})\d*/, '$1')))
  }
  return { path, reads: times.length, epcs, fromMs: Math.min(...times), toMs: Math.max(...times) }
}
