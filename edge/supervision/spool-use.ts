/** How full the spool of a gateway is. */
export interface SpoolUse {
  readonly waitingBytes: number
  readonly boundBytes: number
}

/** What was last told of it, and when by the monotonic clock. */
export interface SpoolTold extends SpoolUse {
  readonly atMs: number
}

/** Below this share nobody is waiting for news; above it, a rise of this much is told at once. */
const emptyShare = 0.05
const stepShare = 0.02
/** Regularly, so that a word that is missing means something. */
const tellEveryMs = { filling: 5 * 60_000, empty: 3_600_000 }

/**
 * Is it time to tell the cloud? Always after a start, since what was told before it may be long over; then with every
 * fiftieth of the bound, when it is empty again, and regularly.
 */
export function isSpoolNews(told: SpoolTold | undefined, use: SpoolUse, nowMs: number): boolean {
  if (told === undefined) return true
  const [before, now] = [told.waitingBytes / told.boundBytes, use.waitingBytes / use.boundBytes]
  const isFilling = now >= emptyShare
  if (isFilling ? Math.abs(now - before) >= stepShare : before >= emptyShare) return true
  return nowMs - told.atMs >= (isFilling ? tellEveryMs.filling : tellEveryMs.empty)
}
