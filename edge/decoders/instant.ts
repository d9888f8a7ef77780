const isoInstant = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)$/
/** Nanoseconds since 1970 in 64 bits end in 2262; no record may be later. */
const latest = 9_223_372_036_854

/**
 * ISO 8601 with an offset (`Z`, `+01:00`, `+0100`) → Unix ms, decimals beyond the millisecond cut off. `undefined` for
 * anything else, a local time without offset included: guessing a zone would invent a time.
 */
export function instantFromIso(text: string): number | undefined {
  if (!isoInstant.test(text)) return undefined
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)]
  const [hour, minute, second] = [digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19)]
  if (hour > 23 || minute > 59 || second > 59) return undefined
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined
  const zone = zoneStart(text)
  const milliseconds = Math.trunc(digits(text, 20, zone) / 10 ** (zone - 23))
  const at = Date.UTC(year, month - 1, day, hour, minute, second)
  return instantInRange(at + milliseconds - offsetMinutes(text.slice(zone)) * 60_000)
}

/** The number that the digits of a text say; there are only digits between `from` and `to`. */
function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let i = from; i < to; i += 1) value = value * 10 + text.charCodeAt(i) - 0x30
  return value
}

function daysOf(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

/** Where the offset begins: behind the seconds and their decimals. */
function zoneStart(text: string): number {
  const length = text.length
  if (text.endsWith('Z')) return length - 1
  return length - (text.charAt(length - 3) === ':' ? 6 : 5)
}

/** A number of Unix milliseconds, made whole; `undefined` outside of what a record can carry. */
export function instantInRange(at: number): number | undefined {
  return at >= 0 && at <= latest ? Math.trunc(at) : undefined
}

function offsetMinutes(zone: string): number {
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return zone.startsWith('-') ? -minutes : minutes
}
