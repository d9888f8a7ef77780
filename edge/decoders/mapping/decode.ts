import { accepted, refused } from '../../../shared/decoded.ts'
import { identifierPattern } from '../../../shared/identifier-pattern.ts'
import type { Quantity } from '../../../shared/quantity.ts'
import { instantFromIso, instantInRange } from '../instant.ts'
import { isObject, numberFrom, parseJson } from '../json.ts'
import type { Decoder, FrameContext, Reading } from '../reading.ts'
import type { Mapping } from './options.ts'
import { stepsOf, valueAt } from './pointer.ts'
import { type Conversion, units } from './units.ts'

const text = new TextDecoder()
/** Members of `each` in one message. */
const mostMembers = 1000
/** Decimals kept of a converted value: 71.6 °F is 22 °C, and not 21.999999999999996. */
const decimals = 1e6

type MappedValue = Mapping['values'][number]
type TimeFormat = NonNullable<Mapping['time']>['format']

/**
 * A decoder from a mapping of the configuration: JSON pointers to values, to the sensor's id and to the time.
 *
 * - The sensor is what stands at `sensor`, by `names` where it is named there, else the device of the topic.
 * - Absent values are left out; `null` and the device's own marks are `null` with the reason `not-available`; what is no
 *   number is `null` with the reason `format`. Numbers may come as text.
 * - Where the whole message is the value (pointer ''), it need not be JSON: `nan` is then a value that is no number.
 * - Without a time it is the arrival; a time that cannot be read refuses the reading; a retained message without a time
 *   is not used. One bad member of `each` costs only itself.
 */
export function mappingDecoder(mapping: Mapping, names: Readonly<Record<string, string>>): Decoder {
  const values = mapping.values.map((value) => ({ ...value, steps: stepsOf(value.pointer), ...conversionOf(value) }))
  const isScalar = mapping.each === undefined && mapping.values.every(({ pointer }) => pointer === '')
  const eachSteps = mapping.each === undefined ? undefined : stepsOf(mapping.each)
  const sensorSteps = mapping.sensor === undefined ? undefined : stepsOf(mapping.sensor)
  const timeSteps = mapping.time === undefined ? undefined : stepsOf(mapping.time.pointer)

  function sensorOf(part: unknown, device: string): string | undefined {
    if (sensorSteps === undefined) return device
    const said = valueAt(part, sensorSteps)
    const id = typeof said === 'number' ? String(said) : said
    if (typeof id !== 'string') return undefined
    const sensor = Object.hasOwn(names, id) ? names[id] : id
    return sensor !== undefined && identifierPattern.test(sensor) ? sensor : undefined
  }

  function read(part: unknown, context: FrameContext): readonly Reading[] {
    const found: Partial<Record<Quantity, number | null>> = {}
    const reasons: Record<string, string> = {}
    for (const value of values) {
      const raw = valueAt(part, value.steps)
      if (raw === undefined) continue
      const number = numberOf(raw, value)
      found[value.quantity] = typeof number === 'number' ? number : null
      if (typeof number === 'string') reasons[value.quantity] = number
    }
    if (Object.keys(found).length === 0) return []
    const sensor = sensorOf(part, context.device)
    if (sensor === undefined) return [{ type: 'refused', reason: 'schema', detail: 'no sensor id' }]
    const said = timeSteps === undefined ? undefined : (valueAt(part, timeSteps) ?? undefined)
    const at = said === undefined || mapping.time === undefined ? undefined : instantAs(mapping.time.format, said)
    if (said !== undefined && at === undefined) return [{ type: 'refused', reason: 'format', detail: 'time' }]
    if (at === undefined && context.retained === true) {
      return [{ type: 'refused', reason: 'unsupported', detail: 'retained, without a time' }]
    }
    const why = Object.keys(reasons).length > 0 ? { reasons } : {}
    return [{ type: 'sensor', at: at ?? context.at, sensor, values: found, ...why }]
  }

  return (frame, context) => {
    if (frame.length === 0) return accepted([]) // a retained message was cleared
    const json = parseJson(frame)
    if (!json.ok && !isScalar) return json
    const message = json.ok ? json.value : text.decode(frame)
    if (eachSteps === undefined) {
      const [reading] = read(message, context)
      if (reading?.type === 'refused') return refused(reading.reason, reading.detail)
      return accepted(reading === undefined ? [] : [reading])
    }
    const members = valueAt(message, eachSteps)
    if (members === undefined) return accepted([])
    if (!Array.isArray(members) && !isObject(members)) return refused('schema', 'no list')
    const all: readonly unknown[] = Array.isArray(members) ? members : Object.values(members)
    if (all.length > mostMembers) return refused('overlong', `${all.length} members`)
    return accepted(all.flatMap((member) => read(member, context)))
  }
}

function conversionOf({ unit, scale = 1, offset = 0 }: MappedValue): Conversion {
  return unit === undefined ? { scale, offset } : units[unit]
}

/** In our unit, or why there is no number. */
function numberOf(
  raw: unknown,
  { words, notAvailable, scale, offset }: Pick<MappedValue, 'words' | 'notAvailable'> & Conversion,
): number | 'not-available' | 'format' {
  if (raw === null) return 'not-available'
  const word = typeof raw === 'string' || typeof raw === 'boolean' ? String(raw).trim() : undefined
  const meant = word !== undefined && words !== undefined && Object.hasOwn(words, word) ? words[word] : undefined
  const number = meant ?? (typeof raw === 'boolean' ? Number(raw) : numberFrom(raw))
  if (number === undefined) return 'format'
  if (notAvailable?.includes(number) === true) return 'not-available'
  const converted = number * scale + offset
  const rounded = Math.round(converted * decimals) / decimals
  return Number.isFinite(rounded) ? rounded : 'format'
}

function instantAs(format: TimeFormat, said: unknown): number | undefined {
  switch (format) {
    case 'iso':
      return typeof said === 'string' ? instantFromIso(said) : undefined
    case 'iso-utc':
      return typeof said === 'string' ? instantFromIso(`${said}Z`) : undefined
    case 'unix-s':
      return instantInRange((numberFrom(said) ?? Number.NaN) * 1000)
    case 'unix-ms':
      return instantInRange(numberFrom(said) ?? Number.NaN)
  }
}
