import type { Point, RollUpMeasurement, SeriesName } from './series-store.ts'
import type { Summary } from './summary.ts'

export const minuteMs = 60_000
export const quarterMs = 15 * minuteMs
export const hourMs = 60 * minuteMs

/** The roll-ups that are kept beside what sensors said, narrowest first; each is a multiple of the one before. */
export const tiers = [
  { measurement: 'condition_1m', widthMs: minuteMs },
  { measurement: 'condition_15m', widthMs: quarterMs },
  { measurement: 'condition_1h', widthMs: hourMs },
] as const satisfies readonly { readonly measurement: RollUpMeasurement; readonly widthMs: number }[]
export type Tier = (typeof tiers)[number]

/** The widest roll-up of which buckets of this width can be made; undefined: none. */
export function tierFor(everyMs: number): Tier | undefined {
  return tiers.findLast(({ widthMs }) => everyMs % widthMs === 0)
}

/** What a roll-up keeps of a quantity, each in a field of its own: `temperature_min`. `kinetic` of temperatures only. */
const allParts = ['count', 'min', 'max', 'sum', 'last', 'lastMs', 'kinetic'] as const
export type RollUpPart = (typeof allParts)[number]

export function rollUpFields(quantity: string, parts: readonly RollUpPart[] = allParts): readonly string[] {
  return parts.map((part) => `${quantity}_${part}`)
}

/** Quantity and part of a roll-up's field; of any other field the field itself. */
export function partsOfRollUpField(field: string): {
  readonly quantity: string
  readonly part: RollUpPart | undefined
} {
  const at = field.lastIndexOf('_')
  const part = at < 0 ? undefined : allParts.find((one) => one === field.slice(at + 1))
  return part === undefined ? { quantity: field, part } : { quantity: field.slice(0, at), part }
}

/** The roll-up of a bucket as a point; undefined: nothing was measured in it. */
export function rollUpPoint(
  { measurement }: Tier,
  { site, gateway, source }: SeriesName,
  at: number,
  summaries: Iterable<readonly [quantity: string, Summary]>,
): Point | undefined {
  const fields: Record<string, number> = {}
  let any = false
  for (const [quantity, { count, min, max, sum, last, lastAt, kinetic }] of summaries) {
    if (count === 0) continue
    any = true
    fields[`${quantity}_count`] = count
    fields[`${quantity}_min`] = min
    fields[`${quantity}_max`] = max
    fields[`${quantity}_sum`] = sum
    fields[`${quantity}_last`] = last
    fields[`${quantity}_lastMs`] = lastAt - at
    if (kinetic > 0) fields[`${quantity}_kinetic`] = kinetic
  }
  return any ? { measurement, site, gateway, source, at, nanos: 0, fields } : undefined
}

/** Reads what roll-ups say of a quantity; undefined: nothing. */
export function summaryReader(quantity: string): (point: Point) => Summary | undefined {
  const [count = '', min = '', max = '', sum = '', last = '', lastMs = '', kinetic = ''] = rollUpFields(quantity)
  return ({ at, fields }) => {
    const number = (name: string) => Number(fields[name] ?? 0)
    if (fields[count] === undefined) return undefined
    return {
      count: number(count),
      min: number(min),
      max: number(max),
      sum: number(sum),
      last: number(last),
      lastAt: at + number(lastMs),
      kinetic: number(kinetic),
    }
  }
}
