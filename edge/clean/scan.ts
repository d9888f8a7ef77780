import type { Scan } from '../../shared/record.ts'
import { markOf } from '../clock/stamp.ts'
import type { ScanReading } from '../decoders/reading.ts'

/** What the labels said that were scanned with one device. */
interface Told {
  readonly slot?: string
  readonly operator?: string
  readonly action?: Scan['action']
  /** Monotonic time of the last scan. */
  readonly atMs: number
}

/** By device, the one scanned with last at the end. Changed in place. */
export interface ScanState {
  readonly told: Map<string, Told>
}

export function nothingScanned(): ScanState {
  return { told: new Map() }
}

/** A scanner that was put down for so long may be in other hands, before another slot. */
const forgottenAfterMs = 10 * 60_000
const rememberedDevices = 1000
/** Characters of codes in one record: at three bytes each it stays below the 32 KiB that a record may have. */
const charactersPerRecord = 8000

/**
 * Codes → `scan` records at once, none dropped and none merged: ten quick scans are ten. Slot, operator and action are
 * those of the reading itself, else those of the labels scanned before with the same device; without any action it is
 * a count. Labels alone make no record. `nowMs`: monotonic.
 */
export function cleanScan(state: ScanState, reading: ScanReading, nowMs: number, emit: (record: Scan) => void): void {
  const { device, codes, slot, operator, action } = reading
  const before = state.told.get(device)
  const told: Told = {
    ...(before !== undefined && nowMs - before.atMs < forgottenAfterMs ? before : {}),
    ...(codes.length === 0 && {
      ...(slot !== undefined && { slot }),
      ...(operator !== undefined && { operator }),
      ...(action !== undefined && { action }),
    }),
    atMs: nowMs,
  }
  remember(state, device, told)
  const about = { slot: slot ?? told.slot, operator: operator ?? told.operator }
  for (const some of chunksOf(codes)) {
    emit({
      kind: 'scan',
      at: reading.at,
      ...(about.operator !== undefined && { operator: about.operator }),
      ...(about.slot !== undefined && { slot: about.slot }),
      codes: some,
      action: action ?? told.action ?? 'count',
      ...markOf(reading.unsyncedIn),
    })
  }
}

function remember({ told }: ScanState, device: string, said: Told): void {
  told.delete(device)
  told.set(device, said)
  const oldest = told.keys().next()
  if (told.size > rememberedDevices && oldest.done !== true) told.delete(oldest.value)
}

function chunksOf(codes: readonly string[]): readonly string[][] {
  const chunks: string[][] = []
  let room = 0
  for (const code of codes) {
    if (code.length > room) {
      chunks.push([])
      room = charactersPerRecord
    }
    chunks.at(-1)?.push(code)
    room -= code.length
  }
  return chunks
}
