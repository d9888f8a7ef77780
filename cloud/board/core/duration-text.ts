/** Spans of time as people write them into a field: "90 s", "5 min", "1.5 h", "2 d", in Chinese too. */

export const durationUnits = ['s', 'min', 'h', 'd'] as const
export type DurationUnit = (typeof durationUnits)[number]

export const unitMs: Readonly<Record<DurationUnit, number>> = { s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 }

const written: readonly (readonly [DurationUnit, RegExp])[] = [
  ['s', /^(?:s|sec|秒)$/i],
  ['min', /^(?:m|min|分|分钟)$/i],
  ['h', /^(?:h|时|小时)$/i],
  ['d', /^(?:d|天)$/i],
]

/** In whole milliseconds; `null` = not a span of time. */
export function durationMs(text: string): number | null {
  const [, digits = '', name = ''] = /^(\d+(?:\.\d+)?)\s*(\p{L}+)$/u.exec(text.trim()) ?? []
  const unit = written.find(([, pattern]) => pattern.test(name))?.[0]
  return unit === undefined ? null : Math.round(Number(digits) * unitMs[unit])
}

/** In the largest unit that divides it; milliseconds that are no whole second stay a fraction of one. Nothing is 0 min. */
export function durationText(ms: number): string {
  const unit = ms === 0 ? 'min' : (durationUnits.findLast((one) => ms % unitMs[one] === 0) ?? 's')
  return `${ms / unitMs[unit]} ${unit}`
}
