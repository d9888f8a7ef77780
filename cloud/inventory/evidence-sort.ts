import { bodyEnd, numberAt, numberEnd, putNumber, unzigzag, zigzag } from './evidence-bytes.ts'

/** Evidence of one run of items within one hour of event time, by item and then by time, packed. */
export interface EvidencePart {
  /** Hours since 1970, UTC. */
  readonly hour: number
  /** Items whose ids agree in all but their last `itemBits` bits. */
  readonly run: number
  readonly bytes: Uint8Array
}

export const itemBits = 8
const hourMs = 3_600_000
const maxItem = 2 ** 32 - 1
/** An instant within its hour, and the place of a piece among those of its part, as digits of one number below 2⁵³. */
const instants = 2 ** 22
const places = 2 ** 23
/** A piece takes no fewer bytes, and grows by no more when item and time are told anew. */
const leastBytes = 6
const mostHeadBytes = 16

/**
 * Sorts packed evidence (`packEvidence`) into parts. What a piece says is copied as it is: only the differences of item
 * and time to the piece before are told anew. Pieces of one item and instant stay in their order. What bytes that the
 * disk has changed say of no item, or not to the end, is left out.
 */
export function sortEvidence(blobs: readonly Uint8Array[]): {
  readonly pieces: number
  readonly parts: EvidencePart[]
} {
  const length = blobs.reduce((sum, blob) => sum + blob.length, 0)
  const all = new Uint8Array(length)
  const most = Math.ceil(length / leastBytes)
  const items = new Uint32Array(most)
  const ats = new Float64Array(most)
  const froms = new Uint32Array(most)
  const tos = new Uint32Array(most)
  const partOf = new Uint32Array(most)
  const found = openParts()
  let pieces = 0
  let blobStart = 0
  for (const blob of blobs) {
    all.set(blob, blobStart)
    const blobEnd = blobStart + blob.length
    let item = 0
    let at = 0
    for (let start = blobStart; start < blobEnd; ) {
      const atStart = numberEnd(all, start)
      const from = numberEnd(all, atStart)
      const to = bodyEnd(all, from)
      if (to > blobEnd) break
      item += unzigzag(numberAt(all, start))
      at += unzigzag(numberAt(all, atStart))
      start = to
      if (item < 0 || item > maxItem || at < 0 || at > Number.MAX_SAFE_INTEGER) continue
      items[pieces] = item
      ats[pieces] = at
      froms[pieces] = from
      tos[pieces] = to
      partOf[pieces] = found.of(Math.floor(at / hourMs), item >>> itemBits)
      pieces += 1
    }
    blobStart = blobEnd
  }

  const counts = new Uint32Array(found.all.length)
  for (let piece = 0; piece < pieces; piece += 1) counts[partOf[piece] ?? 0] = (counts[partOf[piece] ?? 0] ?? 0) + 1
  const ends = new Uint32Array(found.all.length)
  for (let part = 1; part < ends.length; part += 1) ends[part] = (ends[part - 1] ?? 0) + (counts[part - 1] ?? 0)
  const inParts = new Uint32Array(pieces)
  for (let piece = 0; piece < pieces; piece += 1) {
    const part = partOf[piece] ?? 0
    inParts[ends[part] ?? 0] = piece
    ends[part] = (ends[part] ?? 0) + 1
  }

  const out = new Uint8Array(length + pieces * mostHeadBytes)
  const keys = new Float64Array(pieces)
  const parts = found.all.map(({ hour, run }, part) => {
    const last = ends[part] ?? 0
    const first = last - (counts[part] ?? 0)
    for (let index = first; index < last; index += 1) {
      const piece = inParts[index] ?? 0
      const ofItem = (items[piece] ?? 0) % (1 << itemBits)
      keys[index] = (ofItem * instants + ((ats[piece] ?? 0) - hour * hourMs)) * places + (index - first)
    }
    keys.subarray(first, last).sort()
    let end = 0
    let item = 0
    let at = 0
    for (let index = first; index < last; index += 1) {
      const piece = inParts[first + ((keys[index] ?? 0) % places)] ?? 0
      end = putNumber(out, end, zigzag((items[piece] ?? 0) - item))
      end = putNumber(out, end, zigzag((ats[piece] ?? 0) - at))
      const to = tos[piece] ?? 0
      for (let from = froms[piece] ?? 0; from < to; from += 1) {
        out[end] = all[from] ?? 0
        end += 1
      }
      item = items[piece] ?? 0
      at = ats[piece] ?? 0
    }
    return { hour, run, bytes: out.slice(0, end) }
  })
  return { pieces, parts }
}

/** Numbers for parts, in the order in which they are first asked for. */
function openParts() {
  const all: { readonly hour: number; readonly run: number }[] = []
  const hours = new Map<number, Map<number, number>>()
  let hourNow = Number.NaN
  let byRun = new Map<number, number>()
  return {
    all,
    of: (hour: number, run: number): number => {
      if (hourNow !== hour) {
        byRun = hours.get(hour) ?? new Map<number, number>()
        hours.set(hour, byRun)
        hourNow = hour
      }
      const known = byRun.get(run)
      if (known !== undefined) return known
      byRun.set(run, all.length)
      all.push({ hour, run })
      return all.length - 1
    },
  }
}
