import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Spool, SpoolRecord } from '../../edge/spool/spool.ts'

export const testClock = { now: () => 1_760_000_000_000, monotonicMs: () => performance.now() }

/** A directory that is gone at the end of the block. */
export function temporaryDirectory(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'warepulse-spool-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** Different for each `n`, and recognisable. */
export function measurement(n: number): SpoolRecord {
  return { kind: 'measurement', at: 1_760_000_000_000 + n, sensor: `s-${n % 7}`, values: { temperature: n } }
}

export function observation(n: number): SpoolRecord {
  const at = 1_760_000_000_000 + n
  const epc = n.toString(16).toUpperCase().padStart(24, '0')
  return { kind: 'observation', at, firstAt: at, readPoint: 'dock-1', epc, count: 1 }
}

/** Everything from `from` on, by sequence number; `null` = no record any more. */
export async function readAll(spool: Spool, from = 1): Promise<Map<number, SpoolRecord | null>> {
  const records = new Map<number, SpoolRecord | null>()
  for (let next = from; ; ) {
    const run = await spool.read(next, { records: 1000, bytes: 256 * 1024 })
    if (run.records.length === 0) return records
    for (const [index, bytes] of run.records.entries()) {
      records.set(run.first + index, bytes === null ? null : (JSON.parse(Buffer.from(bytes).toString()) as SpoolRecord))
    }
    next = run.first + run.records.length
  }
}
