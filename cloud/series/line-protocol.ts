import { Fault } from '../../shared/fault.ts'
import type { LineBytes } from './line-bytes.ts'
import { formOf, type NumberForm, scaled } from './scale.ts'
import type { Point } from './series-store.ts'

/**
 * Writes a point as one line of InfluxDB line protocol, nanosecond precision, with its line end.
 *
 * Our own, because the clients are not safe: `influx` leaves a newline in a tag as it is (a second, forged line), the
 * official client a trailing backslash (it swallows the next separator). What the syntax cannot say at all (a number
 * that is not finite, an empty tag, a tag with a line end or a backslash before a separator, no fields) throws:
 * `flawOf` has to be asked before. Numbers of conditions and their roll-ups are written as scaled integers wherever that
 * gives back the same number (`scale.ts`).
 * @see https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
 */
export function writeLine(line: LineBytes, point: Point, prefix = linePrefix(point)): void {
  const { fields, measurement, at, nanos } = point
  const hasIntegers = measurement !== 'read' && measurement !== 'passage'
  line.bytes(prefix)
  let separator = space
  for (const name in fields) {
    const value = fields[name]
    if (value === undefined) continue
    line.byte(separator)
    const key = keyOf(name)
    if (typeof value === 'string') {
      line.bytes(key.bytes)
      quoted(line, value)
    } else number(line, key, value, hasIntegers)
    separator = comma
  }
  if (separator === space) throw cannotSay('a point without fields')
  line.byte(space)
  // The number of nanoseconds itself would exceed 2⁵³.
  if (at > 0) {
    line.integer(at)
    line.padded(nanos, 6)
  } else line.integer(nanos)
  line.byte(lineEnd)
}

/** What all points of one series begin with: measurement and tags. */
export function linePrefix({ measurement, gateway, site, source }: Point): Uint8Array {
  return encoder.encode(
    `${measurement},gateway=${escapeKey(gateway)},site=${escapeKey(site)},source=${escapeKey(source)}`,
  )
}

const encoder = new TextEncoder()
const [space, comma, quote, integerMark, lineEnd] = [32, 44, 34, 105, 10]

/** A field's key with its equals sign, and that of its integer form. */
interface Key {
  readonly bytes: Uint8Array
  readonly form: NumberForm | undefined
  readonly scaledBytes: Uint8Array
}

const keys = new Map<string, Key>()
/** Names that sensors make up themselves must not fill the memory. */
const mostKeys = 10_000

function keyOf(name: string): Key {
  const known = keys.get(name)
  if (known !== undefined) return known
  const form = formOf(name)
  const key = {
    bytes: encoder.encode(`${escapeKey(name)}=`),
    form,
    scaledBytes: encoder.encode(`${form?.scaledName}=`),
  }
  if (keys.size < mostKeys) keys.set(name, key)
  return key
}

function number(line: LineBytes, { bytes, form, scaledBytes }: Key, value: number, hasIntegers: boolean): void {
  const integer = hasIntegers && form !== undefined ? scaled(value, form) : undefined
  if (integer !== undefined) {
    line.bytes(scaledBytes)
    line.integer(integer)
    line.byte(integerMark)
    return
  }
  // `String` round-trips and never writes NaN or Infinity for a finite number; servers read `1e+21`.
  if (!Number.isFinite(value)) throw cannotSay(`the number ${value}`)
  line.bytes(bytes)
  line.number(value)
}

const plain = /^[A-Za-z0-9_.:-]+$/

/** Tag values and field keys: comma, equals sign and space are escaped; a backslash before anything else is itself. */
function escapeKey(text: string): string {
  if (plain.test(text)) return text
  if (text === '' || /[\n\r]|\\$|\\[,= \\]/.test(text)) throw cannotSay(`the name ${JSON.stringify(text)}`)
  return text.replace(/[,= ]/g, '\\$&')
}

/** A string field: quotes and backslashes are escaped, everything else, line ends too, stands for itself. */
function quoted(line: LineBytes, text: string): void {
  line.byte(quote)
  if (!line.plain(text)) line.text(text.replace(/["\\]/g, '\\$&'))
  line.byte(quote)
}

function cannotSay(what: string): Fault {
  return new Fault('internal', `Line protocol cannot say ${what}; it should have been set aside before.`)
}
