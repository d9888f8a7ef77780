/**
 * Which clock a gateway believes, as pure functions. Three time lines, all counted by the monotonic clock, which nobody
 * can set:
 *
 * - the **wall** clock of the machine, believed until there is a sign that it is wrong;
 * - the **server's** time, once it was found in this boot, where the wall clock contradicts it;
 * - the **boot's own line** (wall time when the boot was first seen, plus monotonic time) while neither can be believed.
 *   It is never moved, so one offset, found later, sets all its stamps right, however the wall clock jumps meanwhile.
 *   Its stamps are marked with the boot.
 */

/** One look at both clocks of the machine, taken together. */
export interface Look {
  /** Wall time, Unix ms. */
  readonly wallAt: number
  readonly monotonicMs: number
}

/** Why the wall clock is not believed. */
export const doubts = ['before-release', 'behind', 'far-ahead', 'jumped', 'contradicted'] as const
export type Doubt = (typeof doubts)[number]

/** The server's time as an exchange with it told. */
export interface Found {
  /** Server time minus our monotonic time, ms. */
  readonly truthMs: number
  /** It may be wrong by so much: half of the round trip. */
  readonly uncertaintyMs: number
  /** Our monotonic time of the exchange. */
  readonly atMs: number
}

/** What the last `clock` record of this boot said. */
export interface Told {
  /** What has to be added to the boot's own line. */
  readonly offsetMs: number
  /** The server told it; otherwise it is only what our wall clock says of itself. */
  readonly synced: boolean
}

export interface ClockState {
  readonly boot: string
  /** The boot's own line minus monotonic time, ms. */
  readonly lineMs: number
  /** Wall minus monotonic time at the last look, ms. */
  readonly wallMs: number
  readonly doubt: Doubt | undefined
  /** What the boot's own line was doubted for from its beginning. */
  readonly lineDoubt: Doubt | undefined
  /** Nothing was found in this boot, or not since the wall clock jumped. */
  readonly found: Found | undefined
  /** Monotonic time of the last exchange, whatever came of it. */
  readonly askedAtMs: number | undefined
  readonly told: Told | undefined
  /** Stamps were marked with this boot, and nobody has told its offset since. */
  readonly owes: boolean
}

/**
 * A wall clock within this of the server's is believed. Both may be disciplined by different time servers, over
 * different links: where they disagree by less, there is no telling who is right. Beyond, one of them is not disciplined.
 */
const trustedOffsetMs = 2_000

/** Wall minus monotonic time changes by so much only if somebody sets the clock: slewing moves both alike (adjtimex). */
export const jumpMs = 500

/** No copy of this program is older than its first release: an earlier clock has never been set. */
const releasedAt = Date.UTC(2026, 0, 1)

/** A gateway that was off for longer is rarer than a clock that is ahead; marked stamps cost nothing but waiting. */
const longestOffMs = 180 * 86_400_000

/** Quartz without discipline: 100 ppm. */
const driftPerMs = 1e-4

/** The beginning of a boot. `knownAt`: it is at least so late, by what was believed and written down before. */
export function startClock(boot: string, look: Look, knownAt: number | undefined): ClockState {
  const wallMs = look.wallAt - look.monotonicMs
  const doubt = signOf(look.wallAt, knownAt)
  return {
    boot,
    lineMs: wallMs,
    wallMs,
    doubt,
    lineDoubt: doubt,
    found: undefined,
    askedAtMs: undefined,
    told: undefined,
    owes: doubt !== undefined,
  }
}

function signOf(wallAt: number, knownAt: number | undefined): Doubt | undefined {
  if (wallAt < releasedAt) return 'before-release'
  if (knownAt === undefined) return undefined
  if (wallAt < knownAt - trustedOffsetMs) return 'behind'
  return wallAt > knownAt + longestOffMs ? 'far-ahead' : undefined
}

/** Looks at the clocks. Answers a new state, and by how much the wall clock jumped if it did. */
export function lookAt(state: ClockState, look: Look): { readonly state: ClockState; readonly jumpedByMs: number } {
  const wallMs = look.wallAt - look.monotonicMs
  const byMs = wallMs - state.wallMs
  if (Math.abs(byMs) <= jumpMs) return { state: { ...state, wallMs }, jumpedByMs: 0 }
  // What was found before may have been measured by a machine that slept since: a jump and a nap look alike.
  const told = { offsetMs: Math.round(wallMs - state.lineMs), synced: false }
  return { state: { ...state, wallMs, doubt: 'jumped', found: undefined, told, owes: true }, jumpedByMs: byMs }
}

/**
 * The server read `serverNow` somewhere between our question and its answer, most likely in the middle (Cristian's
 * algorithm). `roundTripMs` is measured with the monotonic clock, so a jump in between does no harm.
 * `tell`: worth a `clock` record. The first one of a boot is; later ones when they differ by more than what may be noise.
 */
export function learn(
  state: ClockState,
  exchange: { readonly serverNow: number; readonly roundTripMs: number; readonly answeredMs: number },
): { readonly state: ClockState; readonly tell: Told | undefined } {
  const uncertaintyMs = exchange.roundTripMs / 2
  const atMs = exchange.answeredMs
  const found = better(state.found, { truthMs: exchange.serverNow + uncertaintyMs - atMs, uncertaintyMs, atMs })
  const agrees = Math.abs(found.truthMs - state.wallMs) <= trustedOffsetMs + found.uncertaintyMs
  const now: Told = { offsetMs: Math.round(found.truthMs - state.lineMs), synced: true }
  const isNews =
    state.told?.synced !== true || Math.abs(now.offsetMs - state.told.offsetMs) > jumpMs + found.uncertaintyMs
  const told = isNews ? now : state.told
  return {
    state: { ...state, doubt: agrees ? undefined : 'contradicted', found, askedAtMs: atMs, told },
    tell: isNews ? now : undefined,
  }
}

/** The more exact one, unless they contradict each other: then the newer. */
function better(before: Found | undefined, now: Found): Found {
  if (before === undefined) return now
  const aged = before.uncertaintyMs + (now.atMs - before.atMs) * driftPerMs
  const agree = Math.abs(now.truthMs - before.truthMs) <= aged + now.uncertaintyMs
  return agree && aged < now.uncertaintyMs ? { ...before, uncertaintyMs: aged, atMs: now.atMs } : now
}

/** The offset of this boot, and of those before it, is durable. */
export function settled(state: ClockState): ClockState {
  return { ...state, owes: marks(state) }
}

/** Are stamps marked now? */
export function marks({ doubt, found }: ClockState): boolean {
  return doubt !== undefined && found === undefined
}

/** What is added to monotonic time to get a stamp. */
export function basisMs(state: ClockState): number {
  if (state.doubt === undefined) return state.wallMs
  return state.found?.truthMs ?? state.lineMs
}

/** Every question is a hello, after which batches in flight are sent again. */
const askAgainMs = { doubtful: 5_000, inexact: 600_000, exact: 3_600_000 }
/** A found time that may be wrong by more is worth another try. */
const exactMs = 1_000

/** Should the server be asked for its time? Crystals drift by seconds a day, so now and then even if all is well. */
export function timeIsDue({ doubt, found, askedAtMs }: ClockState, monotonicMs: number): boolean {
  if (askedAtMs === undefined) return false // saying hello at connecting asks
  const worth =
    found === undefined && doubt !== undefined
      ? 'doubtful'
      : (found?.uncertaintyMs ?? 0) > exactMs
        ? 'inexact'
        : 'exact'
  return monotonicMs - askedAtMs >= askAgainMs[worth]
}
