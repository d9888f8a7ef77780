/** What is known of one thing that may fall silent. JSON-safe. */
export interface Sign {
  /** Newest sign of life; 0 = none since the beginning. */
  signAt: number
  /** What was last said of it, by itself or by the gateway, and when; unsaid: when it began to be watched. */
  said: 'up' | 'silent' | 'down' | 'unsaid'
  saidAt: number
}

/** Newest word wins; at equal times the later one in the journal. */
export function say(sign: Sign, said: Sign['said'], at: number): void {
  if (sign.said !== 'unsaid' && at < sign.saidAt) return
  // Saying the same again does not begin a new silence.
  if (said !== sign.said) sign.saidAt = at
  sign.said = said
  if (said === 'up' && at > sign.signAt) sign.signAt = at
}

/** A word that the cloud itself wrote: the later in the journal wins, also when its clock had stepped back between. */
export function sayNext(sign: Sign, said: Sign['said'], at: number): void {
  if (said !== sign.said) sign.saidAt = at
  sign.said = said
  sign.signAt = said === 'up' ? Math.max(sign.signAt, at) : Math.min(sign.signAt, at)
}

export function live(sign: Sign, at: number): void {
  if (at > sign.signAt) sign.signAt = at
}

/**
 * Since when the thing is silent at `now`, or undefined while it counts as alive. Down by its own word: at once.
 * Otherwise after `afterMs` without a sign of life; of a thing whose link is said to be up (`trustUp`) only its word
 * counts, for it may simply have nothing to tell. What `wasFound` silent by such a word stays so until it speaks,
 * whatever the clock does.
 */
export function silentSince(
  sign: Sign,
  afterMs: number,
  now: number,
  trustUp: boolean,
  wasFound = false,
): number | undefined {
  const spoke = Math.max(sign.signAt, sign.said === 'up' || sign.said === 'unsaid' ? sign.saidAt : 0)
  if ((sign.said === 'down' || sign.said === 'silent') && sign.saidAt >= sign.signAt) {
    if (sign.said === 'down') return sign.saidAt
    return wasFound || now - sign.saidAt >= afterMs ? sign.saidAt : undefined
  }
  if (trustUp && sign.said === 'up') return undefined
  return now - spoke >= afterMs ? spoke : undefined
}
