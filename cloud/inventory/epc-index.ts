import type { TrackedItem } from './item.ts'

/** Items by what is written on their tags. */
export interface EpcIndex {
  get(epc: string): TrackedItem | undefined
  /** The id of the item, without looking at the item itself; 0: none. */
  idOf(epc: string): number
  /** One that is not in it. */
  add(item: TrackedItem): void
  /** So many will be added: done at once, what is in it is entered anew once instead of with each doubling. */
  makeRoom(more: number): void
}

const entryCells = 4 // the EPC, then the item's id; 0: free
const keyDigits = 24
const digitOf = new Int8Array(128).fill(-1)
for (const [value, digit] of [...'0123456789ABCDEF'].entries()) digitOf[digit.charCodeAt(0)] = value

/**
 * Each read asks for its item, a million tags do not fit into any cache, and a Map of texts goes to memory five times
 * for an answer: an EPC of 96 bits, as nearly all are, is three numbers beside the item's id, found by open addressing
 * and linear probing. Other EPCs are in a Map. `items` by id − 1.
 */
export function openEpcIndex(items: readonly TrackedItem[]): EpcIndex {
  const others = new Map<string, TrackedItem>()
  const key = new Int32Array(3)
  let mask = 1023
  let entries = new Int32Array((mask + 1) * entryCells)
  let count = 0

  /** The entry of `key`, or the free one where it belongs. */
  const find = (): number => {
    const a = key[0] ?? 0
    const b = key[1] ?? 0
    const c = key[2] ?? 0
    for (let slot = hashOf(a, b, c) & mask; ; slot = (slot + 1) & mask) {
      const entry = slot * entryCells
      if (entries[entry + 3] === 0) return entry
      if (entries[entry + 2] === c && entries[entry + 1] === b && entries[entry] === a) return entry
    }
  }
  const put = (id: number): void => {
    const entry = find()
    entries.set(key, entry)
    entries[entry + 3] = id
  }
  const growTo = (wanted: number): void => {
    const before = entries
    mask = wanted
    entries = new Int32Array((mask + 1) * entryCells)
    for (let entry = 0; entry < before.length; entry += entryCells) {
      const id = before[entry + 3] ?? 0
      if (id === 0) continue
      key.set(before.subarray(entry, entry + 3))
      put(id)
    }
  }

  const idOf = (epc: string): number => {
    if (!readKey(epc, key)) return others.get(epc)?.id ?? 0
    return entries[find() + 3] ?? 0
  }

  return {
    get: (epc) => {
      const id = idOf(epc)
      return id === 0 ? undefined : items[id - 1]
    },
    idOf,
    add: (item) => {
      if (!readKey(item.epc, key)) {
        others.set(item.epc, item)
        return
      }
      put(item.id)
      count += 1
      if (2 * count > mask) growTo(mask * 2 + 1)
    },
    makeRoom: (more) => {
      let wanted = mask
      while (2 * (count + more) > wanted) wanted = wanted * 2 + 1
      if (wanted > mask) growTo(wanted)
    },
  }
}

/** Whether the text is 24 upper-case hex digits; then they are in `key`. */
function readKey(epc: string, key: Int32Array): boolean {
  if (epc.length !== keyDigits) return false
  let bad = 0
  for (let word = 0; word < 3; word += 1) {
    let value = 0
    for (let at = word * 8; at < word * 8 + 8; at += 1) {
      const digit = digitOf[epc.charCodeAt(at)] ?? -1
      bad |= digit
      value = (value << 4) | digit
    }
    key[word] = value
  }
  return bad >= 0
}

function hashOf(a: number, b: number, c: number): number {
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return hash ^ (hash >>> 13)
}
