import { z } from 'zod'
import { basisMs, type ClockState, doubts, jumpMs, type Look, marks, startClock } from './discipline.ts'

const Instant = z.number()

/** A boot that ended before its offset was known. Times of its own line. */
const EarlierBoot = z.object({
  boot: z.string(),
  startedAt: Instant,
  lastAt: Instant.describe('when it was last seen alive'),
  doubt: z.enum(doubts).optional().describe('what its line was doubted for from its beginning'),
})
export type EarlierBoot = z.infer<typeof EarlierBoot>

/** What a gateway remembers of its clocks while it is off. */
export const KeptClock = z.object({
  version: z.literal(1),
  ...EarlierBoot.shape,
  lineMs: z.number(),
  wallMs: z.number(),
  doubted: z.boolean().describe('the wall clock was in doubt when this was written'),
  owes: z.boolean().describe('stamps of this boot wait for its offset'),
  trustedAt: Instant.optional().describe('newest time that was believed'),
  earlier: z.array(EarlierBoot).describe('oldest first'),
})
export type KeptClock = z.infer<typeof KeptClock>

/** Boots in a row without the cloud that are remembered; the stamps of older ones keep waiting. */
const mostEarlier = 64

export interface Started {
  readonly state: ClockState
  /** Boots whose offset is not known yet, oldest first. */
  readonly earlier: readonly EarlierBoot[]
  /** When this boot was first seen, by its own line. */
  readonly startedAt: number
  readonly trustedAt: number | undefined
}

/**
 * The program starts. In the same boot of the machine as before, the boot's line goes on (the monotonic clock was never
 * set); otherwise a new one begins.
 */
export function resume(kept: KeptClock | undefined, boot: string, look: Look): Started {
  const trustedAt = kept?.trustedAt
  if (kept === undefined || kept.boot !== boot) {
    const all = kept === undefined ? [] : [...kept.earlier, ...(kept.owes ? [earlierOf(kept)] : [])]
    const earlier = all.slice(-mostEarlier)
    const state = startClock(boot, look, trustedAt === undefined ? undefined : trustedAt + doubtedMs(earlier))
    return { state, earlier, startedAt: Math.round(look.wallAt), trustedAt }
  }
  const begun = startClock(boot, look, trustedAt)
  const jumped = kept.doubted || Math.abs(begun.wallMs - kept.wallMs) > jumpMs
  const doubt = jumped ? 'jumped' : begun.doubt
  return {
    state: { ...begun, lineMs: kept.lineMs, doubt, lineDoubt: kept.doubt, owes: kept.owes || doubt !== undefined },
    earlier: kept.earlier,
    startedAt: kept.startedAt,
    trustedAt,
  }
}

/** How long boots whose time nobody believed have lasted: so much later it is at least. */
function doubtedMs(boots: readonly EarlierBoot[]): number {
  return boots.reduce((sum, { startedAt, lastAt, doubt }) => sum + (doubt === undefined ? 0 : lastAt - startedAt), 0)
}

/** What to write down now. */
export function keep({ state, earlier, startedAt, trustedAt }: Started, monotonicMs: number): KeptClock {
  const believedAt = marks(state) ? trustedAt : Math.round(monotonicMs + basisMs(state))
  return {
    version: 1,
    boot: state.boot,
    startedAt,
    lastAt: Math.round(monotonicMs + state.lineMs),
    ...(state.lineDoubt === undefined ? {} : { doubt: state.lineDoubt }),
    lineMs: state.lineMs,
    wallMs: state.wallMs,
    doubted: state.doubt !== undefined,
    owes: state.owes,
    ...(believedAt === undefined ? {} : { trustedAt: believedAt }),
    earlier: [...earlier],
  }
}

export interface Estimate {
  readonly boot: string
  readonly offsetMs: number
  /** The truth may be earlier by so much; undefined: nobody knows. */
  readonly uncertaintyMs: number | undefined
}

/**
 * The server's time is known in this boot (`offsetMs` for its line); what about boots that ended without it? From the
 * newest backwards:
 * - a line that nothing spoke against when it began is taken as it is;
 * - a clock that went on in the next boot, as wrong as before, ran while the power was off: the same offset;
 * - else nobody counted the time without power: as if it had been none, the latest moment possible.
 * None ends after the next one began.
 */
export function estimateEarlier(
  { earlier, startedAt, state, trustedAt }: Started,
  offsetMs: number,
): readonly Estimate[] {
  const estimates: Estimate[] = []
  let next = { startedAt, doubt: state.lineDoubt, offsetMs }
  for (const { boot, startedAt: began, lastAt, doubt } of [...earlier].reverse()) {
    const latest = next.startedAt + next.offsetMs - lastAt
    const own = doubt === undefined ? 0 : doubt === next.doubt ? next.offsetMs : latest
    const estimate = Math.min(own, latest)
    const earliness = trustedAt === undefined ? undefined : Math.max(0, began + estimate - trustedAt)
    estimates.unshift({ boot, offsetMs: estimate, uncertaintyMs: earliness })
    next = { startedAt: began, doubt, offsetMs: estimate }
  }
  return estimates
}

function earlierOf({ boot, startedAt, lastAt, doubt }: KeptClock): EarlierBoot {
  return { boot, startedAt, lastAt, ...(doubt === undefined ? {} : { doubt }) }
}
