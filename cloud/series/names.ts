/** Where to look before a name counts as new, and how many are kept at most: a power of two. */
const probes = 4
const most = 1 << 13
/** Of a name that is kept, with its length in front. */
const width = 32

/**
 * Names that come again and again, found by their bytes, so that each is one text and none is made anew. A name that
 * finds no room takes that of another: nothing depends on what is kept here but time.
 */
export class Names {
  readonly #names: string[] = new Array(most).fill('')
  /** Side by side: what has to be compared lies in one place of memory. */
  readonly #bytes = new Uint8Array(most * width)

  /** The text of printable ASCII bytes, whose `hash` is anything that is the same for the same bytes. */
  find(bytes: Buffer, from: number, to: number, hash: number): string {
    const length = to - from
    if (length >= width) return bytes.toString('latin1', from, to)
    const home = (hash ^ (hash >>> 15)) & (most - 1)
    let slot = home
    for (let probe = 0; probe < probes; probe += 1) {
      slot = (home + probe) & (most - 1)
      const known = this.#bytes[slot * width]
      if (known === length && this.#isAt(slot, bytes, from, length)) return this.#names[slot] as string
      if (known === 0) break
    }
    return this.#keep(slot, bytes, from, to)
  }

  #isAt(slot: number, bytes: Uint8Array, from: number, length: number): boolean {
    const kept = this.#bytes
    const begin = slot * width + 1
    for (let index = 0; index < length; index += 1) if (kept[begin + index] !== bytes[from + index]) return false
    return true
  }

  #keep(slot: number, bytes: Buffer, from: number, to: number): string {
    const name = keyOf(bytes.toString('latin1', from, to))
    this.#names[slot] = name
    this.#bytes[slot * width] = to - from
    this.#bytes.set(bytes.subarray(from, to), slot * width + 1)
    return name
  }
}

/** The same text as V8 keeps it for the names of fields: it is found in objects and maps without being read again. */
function keyOf(text: string): string {
  return Object.keys({ [text]: 0 })[0] ?? text
}
