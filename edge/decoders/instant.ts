const isoInstant = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)$/
/** Nanoseconds since 1970 in 64 bits end in 2262; no record may be later. */
const latest = 9_223_372_036_854

/**
 * ISO 8601 with an offset (`Z`, `+01:00`, `+0100`) → Unix ms, decimals beyond the millisecond cut off. `undefined` for
 * anything else, a local time without offset included: guessing a zone would invent a time.
 */
export function instantFromIso(text: string): number | undefined {
  const parts = isoInstant.exec(text)
  if (parts === null) return undefined
  const [, year, month, day, hour, minute, second, decimals = '', zone = 'Z'] = parts
  const milliseconds = Number(decimals.slice(0, 3).padEnd(3, '0'))
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (h > 23 || mi > 59 || s > 59) return undefined
  const midnight = new Date(Date.UTC(y, mo - 1, d))
  if (midnight.getUTCMonth() !== mo - 1 || midnight.getUTCDate() !== d) return undefined // 30 February
  return instantInRange(
    midnight.getTime() + ((h * 60 + mi) * 60 + s) * 1000 + milliseconds - offsetMinutes(zone) * 60_000,
  )
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
