/** Why bytes were refused. A closed list: it becomes a metric label. */
export const refusalReasons = [
  'checksum',
  'format', // not this protocol, or not this message of it
  'implausible', // well-formed, outside what the quantity can be
  'incomplete', // ended before it was whole
  'json', // not JSON
  'length', // too short or too long for what it claims to be
  'overlong', // exceeded the bound of the framing; skipped up to the next start
  'schema', // JSON, but not the shape that is promised
  'status', // the device itself reports an error
  'unknown-device', // no such read point or sensor is configured
  'unsupported', // understood, and deliberately not used (another event type of the same device)
] as const
export type RefusalReason = (typeof refusalReasons)[number]

/** A value, or the reason why there is none. Decoders return it; they never throw on any bytes. */
export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: RefusalReason; readonly detail?: string }

export function accepted<T>(value: T): Decoded<T> {
  return { ok: true, value }
}

export function refused(reason: RefusalReason, detail?: string): { ok: false; reason: RefusalReason; detail?: string } {
  return detail === undefined ? { ok: false, reason } : { ok: false, reason, detail }
}
