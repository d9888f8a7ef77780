import { closeSync, existsSync, fdatasync, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { Fault } from '../../shared/fault.ts'
import { Hex128 } from '../../shared/identifier.ts'
import { Gap } from '../../shared/record.ts'
import { joined } from './losses.ts'
import { isUnreadable } from './segment-files.ts'
import { spoolFormatVersion } from './segment-header.ts'

/**
 * What the spool knows beside its records. Two slots of 4 KiB, written in turn and in place, each with a CRC: the
 * blocks are allocated once, so it can be written on a full disk, and a torn write leaves the other slot.
 */
const slotBytes = 4096
const prefix = 12 // u32 CRC-32 of what follows, u32 format version, u32 length of the JSON

const Count = z.int().min(0)
const Ranges = z.array(z.tuple([Count, Count]).readonly()).readonly()
const SpoolState = z.object({
  generation: Count,
  epoch: Hex128,
  lease: z.string().optional(),
  committed: Count,
  ranges: Ranges,
  /** Every number below it has been durable at some time. */
  durableNext: Count,
  /** Losses whose gap records may not be durable yet: here first, then the damage is mended, then the records. */
  undeclared: z.array(Gap).default([]),
  /** What has been declared lost to this server. */
  lostTo: z.object({ server: z.string(), lost: z.object({ committed: Count, ranges: Ranges }) }).optional(),
})
export type SpoolState = z.infer<typeof SpoolState>

const fdatasyncAsync = promisify(fdatasync)

export interface StateFile {
  /** What was found at opening; undefined when there was none, or none intact. */
  readonly found: SpoolState | undefined
  /** Survives the death of the process at once, and a power cut after `sync`. */
  write(state: Omit<SpoolState, 'generation'>): void
  sync(): Promise<void>
  close(): void
}

export function openStateFile(path: string): StateFile {
  const fd = openSync(path, 'a+') // creates without truncating
  closeSync(fd)
  const handle = openSync(path, 'r+')
  const slots = [readSlot(handle, 0), readSlot(handle, 1)]
  for (const slot of slots) {
    if (slot.state !== 'newer') continue
    closeSync(handle)
    throw new Fault(
      'conflict',
      `The spool state ${path} was written by a newer version of this program (format ${slot.version}). Nothing was changed; run the newer version.`,
    )
  }
  const found = newestOf(slots)
  let generation = found?.generation ?? 0
  if (fstatSync(handle).size < 2 * slotBytes) {
    // Both slots get their blocks now, while there is room.
    const size = fstatSync(handle).size
    writeSync(handle, Buffer.alloc(2 * slotBytes - size), 0, 2 * slotBytes - size, size)
    fdatasyncSync(handle)
  }
  const slot = Buffer.alloc(slotBytes)
  let open = true
  return {
    found,
    write(state) {
      if (!open) return
      generation += 1
      slot.fill(0)
      const length = slot.write(JSON.stringify(fitting({ ...state, generation })), prefix)
      slot.writeUInt32LE(spoolFormatVersion, 4)
      slot.writeUInt32LE(length, 8)
      slot.writeUInt32LE(crc32(slot.subarray(4, prefix + length)), 0)
      writeSync(handle, slot, 0, slotBytes, (generation % 2) * slotBytes)
    },
    sync: () => fdatasyncAsync(handle),
    close() {
      if (!open) return
      open = false
      closeSync(handle)
    },
  }
}

/** What a state file says, without holding it: another process may own it. `undefined`: there is none, or none intact. */
export function readStateFile(path: string): SpoolState | undefined {
  if (!existsSync(path)) return undefined
  const handle = openSync(path, 'r')
  try {
    return newestOf([readSlot(handle, 0), readSlot(handle, 1)])
  } finally {
    closeSync(handle)
  }
}

function newestOf(slots: readonly Slot[]): SpoolState | undefined {
  return slots
    .flatMap((slot) => (slot.state === 'intact' ? [slot.value] : []))
    .sort((a, b) => b.generation - a.generation)[0]
}

/**
 * A state that outgrows its slot forgets ranges from the top: they would only be sent again; then what was declared
 * lost: it would only be declared again. Then losses are joined: less precise, and none forgotten.
 */
function fitting(state: SpoolState): SpoolState {
  let fits = state
  while (Buffer.byteLength(JSON.stringify(fits)) >= slotBytes - prefix) {
    const { ranges, lostTo, undeclared } = fits
    if (ranges.length > 0) fits = { ...fits, ranges: ranges.slice(0, Math.floor(ranges.length / 2)) }
    else if (lostTo !== undefined) fits = { ...fits, lostTo: undefined }
    else if (undeclared.length > 1) fits = { ...fits, undeclared: [...joined(undeclared, undeclared.length / 2)] }
    else break
  }
  return fits
}

type Slot =
  | { readonly state: 'intact'; readonly value: SpoolState }
  | { readonly state: 'damaged' }
  | { readonly state: 'newer'; readonly version: number }

function readSlot(handle: number, index: number): Slot {
  const bytes = Buffer.alloc(slotBytes)
  try {
    readSync(handle, bytes, 0, slotBytes, index * slotBytes)
  } catch (thrown) {
    if (!isUnreadable(thrown)) throw thrown
    return { state: 'damaged' }
  }
  const length = bytes.readUInt32LE(8)
  if (length === 0 || length > slotBytes - prefix) return { state: 'damaged' }
  if (crc32(bytes.subarray(4, prefix + length)) !== bytes.readUInt32LE(0)) return { state: 'damaged' }
  const version = bytes.readUInt32LE(4)
  if (version > spoolFormatVersion) return { state: 'newer', version }
  try {
    const parsed = SpoolState.safeParse(JSON.parse(bytes.toString('utf8', prefix, prefix + length)))
    return parsed.success ? { state: 'intact', value: parsed.data } : { state: 'damaged' }
  } catch {
    return { state: 'damaged' }
  }
}
