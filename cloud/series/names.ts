/** Where to look before a name counts as new, and how many are kept at most: a power of two. */
const probes = 4
const most = 1 << 14

/**
 * Names that come again and again, found by their bytes, so that each is one text and none is made anew. A name that
 * finds no room takes that of another: nothing depends on what is kept here but time.
 */
export class Names {
  readonly #slots: (Known | undefined)[] = new Array(most).fill(undefined)

  /** The text of printable ASCII bytes, whose `hash` is anything that is the same for the same bytes. */
  find(bytes: Buffer, from: number, to: number, hash: number): string {
    const slots = this.#slots
    const home = (hash ^ (hash >>> 15)) & (most - 1)
    let slot = home
    for (let probe = 0; probe < probes; probe += 1) {
      slot = (home + probe) & (most - 1)
      const known = slots[slot]
      if (known === undefined) break
      if (isSame(known.bytes, bytes, from, to)) return known.name
    }
    const name = keyOf(bytes.toString('latin1', from, to))
    slots[slot] = { name, bytes: Uint8Array.from(bytes.subarray(from, to)) }
    return name
  }
}

interface Known {
  readonly name: string
  /** Of the name: a loop over them is faster than one over its characters. */
  readonly bytes: Uint8Array
}

function isSame(name: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (name.length !== to - from) return false
  for (let at = from, index = 0; at < to; at += 1, index += 1) if (name[index] !== bytes[at]) return false
  return true
}

/** The same text as V8 keeps it for the names of fields: it is found in objects and maps without being read again. */
function keyOf(text: string): string {
  return Object.keys({ [text]: 0 })[0] ?? text
}
