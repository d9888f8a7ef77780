/** Keys of tomorrow come off the network: so many are remembered. */
const mostKeys = 512
/** Several hundred records share one; a record that does not fit into what is left begins the next. */
const chunkBytes = 512 * 1024
/** More than a record may take (32 KiB), so that only texts need to look whether there is room. */
const leastRoomBytes = 48 * 1024

export interface Encoder {
  /** One record. The bytes stay as they are until `reuse`, and hold a chunk of their neighbours in memory: copy what is kept long. */
  encode(record: object): Uint8Array
  /** Nobody needs what was encoded before: what comes next may take its place. */
  reuse(): void
}

/**
 * Makes an encoder that writes records as JSON, UTF-8, without the text in between, for the two kinds that make up the
 * stream, when they are plain: every field known, texts without anything to escape. Anything else is left to
 * `JSON.stringify`. A property test reads both back and compares.
 */
export function openEncoder(): Encoder {
  const keys = new Map<string, Uint8Array>()
  let chunk = Buffer.allocUnsafeSlow(chunkBytes)
  let used = 0
  return {
    encode(record) {
      if (chunk.length - used < leastRoomBytes) {
        chunk = Buffer.allocUnsafeSlow(chunkBytes)
        used = 0
      }
      const start = used
      const end = writeRecord(chunk, start, record as Readonly<Record<string, unknown>>, keys)
      if (end < 0) return Buffer.from(JSON.stringify(record))
      used = end
      return chunk.subarray(start, end)
    },
    reuse() {
      used = 0
    },
  }
}

type Fields = Readonly<Record<string, unknown>>

const literal = (text: string) => Uint8Array.from(Buffer.from(text))
const texts = {
  observation: literal('{"kind":"observation","at":'),
  firstAt: literal(',"firstAt":'),
  readPoint: literal(',"readPoint":'),
  epc: literal(',"epc":'),
  count: literal(',"count":'),
  peakRssiDbm: literal(',"peakRssiDbm":'),
  antenna: literal(',"antenna":'),
  tid: literal(',"tid":'),
  measurement: literal('{"kind":"measurement","at":'),
  sensor: literal(',"sensor":'),
  values: literal(',"values":'),
  reasons: literal(',"reasons":'),
}

/** Where it ends, or −1: not for us; what was written does not count. */
function writeRecord(chunk: Uint8Array, start: number, record: Fields, keys: Map<string, Uint8Array>): number {
  const { kind } = record
  if (kind === 'observation') return writeObservation(chunk, start, record)
  return kind === 'measurement' ? writeMeasurement(chunk, start, record, keys) : -1
}

function writeObservation(chunk: Uint8Array, start: number, record: Fields): number {
  const { at, firstAt, readPoint, epc, count, peakRssiDbm, antenna, tid } = record
  if (typeof at !== 'number' || typeof firstAt !== 'number' || typeof count !== 'number') return -1
  if (typeof readPoint !== 'string' || typeof epc !== 'string') return -1
  let fields = 6
  let end = writeNumber(chunk, copy(chunk, start, texts.observation), at)
  end = writeNumber(chunk, copy(chunk, end, texts.firstAt), firstAt)
  end = writeText(chunk, copy(chunk, end, texts.readPoint), readPoint)
  if (end < 0) return -1
  end = writeText(chunk, copy(chunk, end, texts.epc), epc)
  if (end < 0) return -1
  end = writeNumber(chunk, copy(chunk, end, texts.count), count)
  if (typeof peakRssiDbm === 'number') {
    end = writeNumber(chunk, copy(chunk, end, texts.peakRssiDbm), peakRssiDbm)
    fields += 1
  }
  if (typeof antenna === 'number') {
    end = writeNumber(chunk, copy(chunk, end, texts.antenna), antenna)
    fields += 1
  }
  if (typeof tid === 'string') {
    end = writeText(chunk, copy(chunk, end, texts.tid), tid)
    fields += 1
  }
  return end >= 0 && hasFields(record, fields) ? close(chunk, end) : -1
}

function writeMeasurement(chunk: Uint8Array, start: number, record: Fields, keys: Map<string, Uint8Array>): number {
  const { at, sensor, values, reasons } = record
  if (typeof at !== 'number' || typeof sensor !== 'string') return -1
  let fields = 4
  let end = writeNumber(chunk, copy(chunk, start, texts.measurement), at)
  end = writeText(chunk, copy(chunk, end, texts.sensor), sensor)
  if (end < 0) return -1
  end = writeFlat(chunk, copy(chunk, end, texts.values), values, keys)
  if (end >= 0 && reasons !== undefined) {
    end = writeFlat(chunk, copy(chunk, end, texts.reasons), reasons, keys)
    fields += 1
  }
  return end >= 0 && hasFields(record, fields) ? close(chunk, end) : -1
}

/** An object of numbers, texts and nulls. */
function writeFlat(chunk: Uint8Array, start: number, value: unknown, keys: Map<string, Uint8Array>): number {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return -1
  let at = start
  for (const key in value) {
    const field = (value as Fields)[key]
    const name = keys.get(key) ?? nameOf(key, keys)
    if (name === undefined || at + name.length + 96 > chunk.length) return -1
    at = copy(chunk, at, name)
    if (typeof field === 'number') at = writeNumber(chunk, at, field)
    else if (typeof field === 'string') at = writeText(chunk, at, field)
    else if (field === null) at = writeWord(chunk, at, 'null')
    else return -1
    if (at < 0) return -1
  }
  if (at === start) chunk[at++] = 0x7b
  chunk[start] = 0x7b // instead of the first comma
  return close(chunk, at)
}

/** No field beside those that were written. */
function hasFields(record: object, expected: number): boolean {
  let fields = 0
  for (const _ in record) fields += 1
  return fields === expected
}

function close(chunk: Uint8Array, at: number): number {
  chunk[at] = 0x7d
  return at + 1
}

function copy(chunk: Uint8Array, start: number, bytes: Uint8Array): number {
  const { length } = bytes
  for (let index = 0; index < length; index += 1) chunk[start + index] = bytes[index] as number
  return start + length
}

/** `,"key":`. Keys that look like numbers do not come in the order in which they were set; that is JSON's affair. */
function nameOf(key: string, keys: Map<string, Uint8Array>): Uint8Array | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(key)) return undefined
  const name = literal(`,"${key}":`)
  if (keys.size < mostKeys) keys.set(key, name)
  return name
}

/** −1: it needs escaping, is not ASCII, or does not fit. */
function writeText(chunk: Uint8Array, start: number, text: string): number {
  const { length } = text
  let at = start
  if (at + length + 512 > chunk.length) return -1
  chunk[at++] = 0x22
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index)
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return -1
    chunk[at++] = code
  }
  chunk[at++] = 0x22
  return at
}

function writeWord(chunk: Uint8Array, start: number, word: string): number {
  let at = start
  for (let index = 0; index < word.length; index += 1) chunk[at++] = word.charCodeAt(index)
  return at
}

function writeNumber(chunk: Uint8Array, start: number, value: number): number {
  if (Number.isSafeInteger(value)) return writeInteger(chunk, start, value)
  const thousandths = Math.round(value * 1000)
  if (thousandths / 1000 !== value || thousandths >= 2 ** 31 || thousandths <= -(2 ** 31)) {
    return writeWord(chunk, start, Number.isFinite(value) ? String(value) : 'null')
  }
  let at = start
  const positive = thousandths < 0 ? -thousandths : thousandths
  if (thousandths < 0) chunk[at++] = 0x2d
  const whole = (positive / 1000) | 0
  const rest = (positive - whole * 1000) | 0
  at = writeInteger(chunk, at, whole)
  chunk[at++] = 0x2e
  const tens = (rest / 10) | 0
  const hundreds = (rest / 100) | 0
  chunk[at++] = 0x30 + hundreds
  if (rest === hundreds * 100) return at
  chunk[at++] = 0x30 + tens - hundreds * 10
  if (rest !== tens * 10) chunk[at++] = 0x30 + rest - tens * 10
  return at
}

function writeInteger(chunk: Uint8Array, start: number, value: number): number {
  let at = start
  let rest = value
  if (rest < 0) {
    chunk[at++] = 0x2d
    rest = -rest
  }
  if (rest < 1_000_000_000) return writeDigits(chunk, at, rest | 0, 1)
  const high = Math.floor(rest / 1_000_000_000)
  at = high < 1_000_000_000 ? writeDigits(chunk, at, high | 0, 1) : writeInteger(chunk, at, high)
  return writeDigits(chunk, at, (rest - high * 1_000_000_000) | 0, 9)
}

/** At least so many digits, with zeros in front. `value` is below 10⁹: whole numbers of 31 bits are divided fast. */
function writeDigits(chunk: Uint8Array, start: number, value: number, least: number): number {
  let digits = least
  if (value >= 10 && least === 1) {
    if (value < 100) digits = 2
    else if (value < 1000) digits = 3
    else if (value < 10_000) digits = 4
    else if (value < 100_000) digits = 5
    else if (value < 1_000_000) digits = 6
    else if (value < 10_000_000) digits = 7
    else digits = value < 100_000_000 ? 8 : 9
  }
  let rest = value
  for (let at = start + digits - 1; at >= start; at -= 1) {
    const next = (rest / 10) | 0
    chunk[at] = 0x30 + rest - next * 10
    rest = next
  }
  return start + digits
}
