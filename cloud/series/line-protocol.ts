import { Fault } from '../../shared/fault.ts'
import { formOf, type NumberForm, scaled } from './scale.ts'
import type { Point } from './series-store.ts'

/**
 * A point as one line of InfluxDB line protocol, nanosecond precision, without the line end.
 *
 * Our own, because the clients are not safe: `influx` leaves a newline in a tag as it is (a second, forged line), the
 * official client a trailing backslash (it swallows the next separator). What the syntax cannot say at all (a number
 * that is not finite, an empty tag, a tag with a line end or a backslash before a separator, no fields) throws:
 * `flawOf` has to be asked before. Numbers of conditions and their roll-ups are written as scaled integers wherever that
 * gives back the same number (`scale.ts`).
 * @see https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
 */
export function encodeLine(point: Point, prefix = linePrefix(point)): string {
  const { fields, measurement } = point
  const hasIntegers = measurement !== 'read' && measurement !== 'passage'
  let line = prefix
  let separator = ' '
  for (const name in fields) {
    const value = fields[name]
    if (value === undefined) continue
    line += separator
    line += typeof value === 'string' ? `${escapeKey(name)}=${quoted(value)}` : number(name, value, hasIntegers)
    separator = ','
  }
  if (separator === ' ') throw cannotSay('a point without fields')
  return `${line} ${nanoseconds(point.at, point.nanos)}`
}

/** What all points of one series begin with: measurement and tags. */
export function linePrefix({ measurement, gateway, site, source }: Point): string {
  return `${measurement},gateway=${escapeKey(gateway)},site=${escapeKey(site)},source=${escapeKey(source)}`
}

/** `at · 10⁶ + nanos` as text; the number itself would exceed 2⁵³. */
export function nanoseconds(at: number, nanos: number): string {
  if (at === 0) return String(nanos)
  return nanos === 0 ? `${at}000000` : at + String(1_000_000 + nanos).slice(1)
}

function number(name: string, value: number, hasIntegers: boolean): string {
  const form: NumberForm | undefined = hasIntegers ? formOf(name) : undefined
  const integer = form && scaled(value, form)
  return integer === undefined ? `${escapeKey(name)}=${float(value)}` : `${form?.scaledName}=${integer}i`
}

/** Number.toString round-trips and never writes NaN or Infinity for a finite number; servers read `1e+21`. */
function float(value: number): string {
  if (!Number.isFinite(value)) throw cannotSay(`the number ${value}`)
  return String(value)
}

const plain = /^[A-Za-z0-9_.:-]+$/

/** Tag values and field keys: comma, equals sign and space are escaped; a backslash before anything else is itself. */
function escapeKey(text: string): string {
  if (plain.test(text)) return text
  if (text === '' || /[\n\r]|\\$|\\[,= \\]/.test(text)) throw cannotSay(`the name ${JSON.stringify(text)}`)
  return text.replace(/[,= ]/g, '\\$&')
}

/** A string field: quotes and backslashes are escaped, everything else, line ends too, stands for itself. */
function quoted(text: string): string {
  return plain.test(text) ? `"${text}"` : `"${text.replace(/["\\]/g, '\\$&')}"`
}

function cannotSay(what: string): Fault {
  return new Fault('internal', `Line protocol cannot say ${what}; it should have been set aside before.`)
}
