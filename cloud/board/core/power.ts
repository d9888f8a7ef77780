import type { AntennaPower, ReaderPower } from '../../../shared/reader-power.ts'
import type { SiteMap } from '../../../shared/site-map.ts'
import type { Hearing } from '../../../shared/tuning.ts'

/** What an antenna heard within so many seconds: by this two powers are compared. */
export interface Heard {
  readonly seconds: number
  readonly readsPerSecond: number
  readonly tags: number
  readonly medianRssiDbm: number | null
}

/** An antenna that is not told of has heard nothing. */
export function heardBy({ seconds, points }: Hearing, gateway: string, readPoint: string): Heard {
  const point = points.find((one) => one.gateway === gateway && one.readPoint === readPoint)
  const { readsPerSecond = 0, tags = 0, medianRssiDbm = null } = point ?? {}
  return { seconds: Math.round(seconds), readsPerSecond, tags, medianRssiDbm }
}

/** Place of the level that is nearest to a power; where none is known, of the strongest. */
export function levelNear(levelsDbm: readonly number[], dbm: number | null): number {
  let nearest = levelsDbm.length - 1
  if (dbm === null) return nearest
  for (const [i, level] of levelsDbm.entries())
    if (Math.abs(level - dbm) < Math.abs((levelsDbm[nearest] ?? dbm) - dbm)) nearest = i
  return nearest
}

/** `gateway/reader` of the map's readers whose gateway has not said that they take their power from here. */
export function withoutPower(map: SiteMap, readers: readonly ReaderPower[]): readonly string[] {
  const told = new Set(readers.map(({ gateway, reader }) => `${gateway}/${reader}`))
  const mapped = new Set(map.readPoints.map(({ gateway, device }) => `${gateway}/${device}`))
  return [...mapped].filter((key) => !told.has(key)).sort((a, b) => a.localeCompare(b))
}

/** A trial that this page asked for. */
export interface OwnTrial {
  readonly dbm: number
  readonly seconds: number
  /** When it was asked for, by the clock of the server. */
  readonly at: number
  /** The gateway has said something of it. */
  readonly isHeard: boolean
}

export type TrialStanding =
  | { readonly is: 'none' }
  /** On its way; nothing was heard of it. */
  | { readonly is: 'asked' }
  /** The gateway is not connected: it may never arrive. */
  | { readonly is: 'unreachable' }
  /** The gateway tells its reader. */
  | { readonly is: 'applying'; readonly dbm: number }
  | { readonly is: 'running'; readonly dbm: number; readonly leftMs: number }
  | { readonly is: 'refused'; readonly reason: string }
  | { readonly is: 'over' }
  /** Nobody heard of it in its time, and it will not be begun any more. */
  | { readonly is: 'lost' }

/** The cloud takes a trial back so long after its time. */
const graceMs = 5_000

/** How a trial stands, by what the gateway says and what this page asked for. */
export function trialStanding(
  { link, isApplied }: Pick<ReaderPower, 'link' | 'isApplied'>,
  { trial }: Pick<AntennaPower, 'trial'>,
  own: OwnTrial | null,
  now: number,
): TrialStanding {
  const isTold = own === null || own.isHeard || tellsOf(trial, own)
  if (!isTold) {
    if (now - own.at >= own.seconds * 1000 + graceMs) return { is: 'lost' }
    return { is: link === 'online' ? 'asked' : 'unreachable' }
  }
  if (trial === null) return { is: own === null ? 'none' : 'over' }
  switch (trial.state) {
    case 'asked':
      return { is: link === 'online' ? 'asked' : 'unreachable' }
    case 'running': {
      const leftMs = trial.untilAt === null ? 0 : Date.parse(trial.untilAt) - now
      // A gateway that is away goes back by itself; that it did it says when it is here again.
      if (leftMs <= 0) return { is: 'over' }
      return isApplied ? { is: 'running', dbm: trial.dbm, leftMs } : { is: 'applying', dbm: trial.dbm }
    }
    case 'refused':
      return { is: 'refused', reason: trial.reason ?? '' }
    case 'over':
      return { is: own === null ? 'none' : 'over' }
  }
}

/** Does what the gateway says of a trial mean this one? */
export function tellsOf(trial: AntennaPower['trial'], own: OwnTrial): boolean {
  return trial !== null && trial.dbm === own.dbm && (trial.state === 'running' || trial.state === 'refused')
}
