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
