const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `500ms`, `10s`, `5m`, `1h`, `1d` as milliseconds; undefined: none of these, or zero. */
export function parseDurationMs(text: string): number | undefined {
  const match = /^([1-9]\d{0,8})(ms|s|m|h|d)$/.exec(text)
  const unitMs = unitsMs[match?.[2] ?? '']
  return match === null || unitMs === undefined ? undefined : Number(match[1]) * unitMs
}

/** Widths that people read easily; `everyFor` picks from them. */
const niceMs = [
  1000, 5000, 10_000, 30_000, 60_000, 300_000, 900_000, 1_800_000, 3_600_000, 10_800_000, 21_600_000, 43_200_000,
  86_400_000, 604_800_000, 2_592_000_000,
]

/** The narrowest nice bucket that cuts this range into at most `most` pieces. */
export function everyFor(rangeMs: number, most: number): number {
  return niceMs.find((everyMs) => rangeMs / everyMs <= most) ?? Math.ceil(rangeMs / most)
}

/** A width with about one bucket for each pixel: up to one and a half, rather than a coarser one. */
export function everyForPixels(rangeMs: number, pixels: number): number {
  return everyFor(rangeMs, Math.floor(pixels * 1.5))
}
