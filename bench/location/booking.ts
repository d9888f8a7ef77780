import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { openInventory } from '../../cloud/inventory/open.ts'
import type { JournalEntry } from '../../cloud/journal/journal.ts'
import { loadEpc, loadMap, loadReadPoint } from '../../simulators/load.ts'
import { between, seededRandom } from '../../simulators/world/chance.ts'
import type { Figures } from '../benchmark.ts'
import { ownedBytes } from '../support/live-memory.ts'

const [site, gateway] = ['bench', 'gw-1']
const startAt = Date.UTC(2026, 0, 1)
const looks = 2_000_000
const recordsPerEntry = 200
const entriesPerTurn = 25
/** Each tag is looked at once a minute or so. */
const lookEveryMs = 60_000
const readPoints = 2_000
/** Items, and slots, of which somebody asks why. */
const explained = 50

/**
 * The stock itself with so many tags on one site: looks are folded, booked, kept as evidence and written to its file as
 * the cloud does it, each tag in its slot and one look in two hundred elsewhere. `booked…` counts processor time of the
 * whole process, writing included; `bytesPerTagBooked` is what the process owns more when all are booked than before the
 * first. Restart: from opening the file until it answers. `explain…`: why is an item there, why is a slot as it is. Both in processes of their own, in which nothing else lives.
 */
export async function measureBooking(tags: number): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'booking-scale-'))
  const path = join(folder, 'inventory.sqlite')
  const inProcess = async (what: 'book' | 'restart') => {
    const { stdout } = await promisify(execFile)(process.execPath, [import.meta.filename, what, String(tags), path])
    return z.record(z.string(), z.number()).parse(JSON.parse(stdout))
  }
  try {
    return { ...(await inProcess('book')), ...(await inProcess('restart')) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function restart(tags: number, path: string): Promise<Figures> {
  const cpuBefore = process.cpuUsage()
  const openingMs = performance.now()
  const stock = await openInventory({ path, tell: () => {} })
  const openedMs = performance.now()
  const { user, system } = process.cpuUsage(cpuBefore)
  const known = stock.totals(site)?.distinctEpcs
  const random = seededRandom(tags)
  const items = timed(explained, () => stock.evidence(site, loadEpc(between(0, tags - 1, random))))
  const codes = stock.map(site)?.slots.map(({ id }) => id) ?? []
  const slots = timed(explained, () => stock.slotEvidence(site, codes[between(0, codes.length - 1, random)] ?? ''))
  await stock.close()
  if (known !== tags) throw new Error(`${known} tags are known after the restart, ${tags} were before`)
  return {
    bookingRestartSeconds: Number(((openedMs - openingMs) / 1000).toFixed(2)),
    bookingRestartCpuSeconds: Number(((user + system) / 1e6).toFixed(2)),
    explainItemWorstMs: Math.round(items),
    explainSlotWorstMs: Math.round(slots),
  }
}

/** The longest of so many answers, ms; each is one that there is. */
function timed(times: number, ask: () => unknown): number {
  let longest = 0
  for (let time = 0; time < times; time += 1) {
    const from = performance.now()
    if (ask() === undefined) throw new Error('nobody can tell why')
    longest = Math.max(longest, performance.now() - from)
  }
  return longest
}

async function book(tags: number, path: string): Promise<Figures> {
  const stock = await openInventory({ path, tell: () => {} })
  const random = seededRandom(tags)
  const never = new AbortController().signal
  let offset = 0
  let first = 1
  let looked = 0
  const turn = (tagOf: (look: number) => number): readonly JournalEntry[] =>
    Array.from({ length: entriesPerTurn }, () => {
      const records = Array.from({ length: recordsPerEntry }, () => {
        const tag = tagOf(looked)
        const at = startAt + Math.floor((looked++ * lookEveryMs) / tags)
        const isStray = random() * 200 < 1
        return {
          kind: 'observation' as const,
          ...{ at, firstAt: at - between(0, 1_900, random), epc: loadEpc(tag), count: between(1, 9, random) },
          readPoint: loadReadPoint((tag + (isStray ? 1 : 0)) % readPoints),
          peakRssiDbm: -60 - (isStray ? 10 : 0) - between(0, 6, random),
        }
      })
      const entry = {
        ...{ origin: 'gateway' as const, offset: ++offset, recordedAt: records.at(-1)?.at ?? startAt, site, gateway },
        ...{ epoch: '00112233445566778899aabbccddeeff', first, late: false, records },
      }
      first += records.length
      return entry
    })
  const map = { kind: 'map' as const, at: startAt, by: 'bench', map: loadMap(site, gateway) }
  offset += 1
  await stock.apply([{ origin: 'cloud', offset, recordedAt: startAt, site, records: [map] }], never)
  const bytesBefore = ownedBytes()
  while (looked < 2 * tags)
    await stock.apply(
      turn((look) => look % tags),
      never,
    ) // every tag known, code warm
  const bytesPerTag = (ownedBytes() - bytesBefore) / tags
  let cpuMicros = 0
  for (const until = looked + looks; looked < until; ) {
    const entries = turn(() => between(0, tags - 1, random))
    const before = process.cpuUsage()
    await stock.apply(entries, never)
    const { user, system } = process.cpuUsage(before)
    cpuMicros += user + system
  }
  const closingMs = performance.now()
  await stock.close()
  const closedMs = performance.now()
  return {
    bookedPerCpuSecond: Math.round(looks / (cpuMicros / 1e6)),
    bookingCloseSeconds: Number(((closedMs - closingMs) / 1000).toFixed(2)),
    bytesPerTagBooked: Math.round(bytesPerTag),
    bookingFileBytesPerTag: Math.round(statSync(path).size / tags),
  }
}

if (process.argv[1] === import.meta.filename) {
  const [, , what, tags, path = ''] = process.argv
  const measured = what === 'book' ? book : restart
  process.stdout.write(JSON.stringify(await measured(Number(tags), path)))
}
