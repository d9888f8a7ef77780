/** How far ahead of the cloud's clock a stamp may be before it is not believed. */
export const believedAheadMs = 5 * 60_000

/**
 * The event time to use: as stamped, set right by `offsetMs` (what a `clock` record found missing from the gateway's
 * clock in the boot of an unsynced record; 0 when not known), and never in the future, for one tag from next year would hold its
 * place against all evidence until then.
 */
export function eventTime(
  at: number,
  recordedAt: number,
  offsetMs = 0,
): { readonly at: number; readonly clamped: boolean } {
  const corrected = Math.max(0, at + offsetMs)
  return corrected > recordedAt + believedAheadMs
    ? { at: recordedAt, clamped: true }
    : { at: corrected, clamped: false }
}

/**
 * The event time for what shows the present and does not wait for a clock (alerts, sensors on the board): a stamp of a
 * clock that was not trusted is taken as of the moment it was recorded; one that came late as well says nothing about
 * the present: undefined. Otherwise as `eventTime`.
 */
export function presentTime(
  record: { readonly at: number; readonly unsynced?: true | undefined },
  entry: { readonly recordedAt: number; readonly late: boolean },
): number | undefined {
  if (record.unsynced !== true) return eventTime(record.at, entry.recordedAt).at
  return entry.late ? undefined : entry.recordedAt
}
