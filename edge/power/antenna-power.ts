import { isLevel, notALevel, type PowerOrder } from '../../shared/reader-power.ts'

/**
 * What the board wants of one antenna's power, from the gateway's side. A trial is counted in the gateway's own
 * monotonic milliseconds and ends by them, whoever is gone by then; nothing of it outlives the process.
 */
export interface AntennaPower {
  /** Kept on the board; undefined: the configuration's affair. */
  readonly keptDbm: number | undefined
  /** Why the reader does not take it. */
  readonly refusal: string | undefined
  /** The newest trial that was heard of: it is begun once. */
  readonly trial: Trial | undefined
}

export type Trial = { readonly askedAt: number; readonly dbm: number } & (
  | { readonly state: 'running'; readonly untilMs: number }
  | { readonly state: 'over' }
  | { readonly state: 'refused'; readonly reason: string }
)

/** All that a reader can be set to, upwards, dBm; undefined: it is not connected. */
export type Levels = readonly number[] | undefined

export const nothingWanted: AntennaPower = { keptDbm: undefined, refusal: undefined, trial: undefined }

const notConnected = 'the reader is not connected'

/** After a start: what is kept is kept, and no trial goes on. */
export function resumed(order: PowerOrder): AntennaPower {
  const { keptDbm, trial } = order
  return {
    keptDbm: keptDbm ?? undefined,
    refusal: undefined,
    trial: trial === undefined ? undefined : { askedAt: trial.askedAt, dbm: trial.dbm, state: 'over' },
  }
}

/** What the board wants now; undefined: nothing any more. The same again changes nothing. */
export function ordered(
  power: AntennaPower,
  order: PowerOrder | undefined,
  levels: Levels,
  nowMs: number,
): AntennaPower {
  const keptDbm = order?.keptDbm ?? undefined
  const kept = keptDbm === power.keptDbm ? power : { keptDbm, refusal: undefined }
  return { ...power, ...kept, trial: trialAfter(power.trial, order?.trial, levels, nowMs) }
}

function trialAfter(
  before: Trial | undefined,
  asked: PowerOrder['trial'],
  levels: Levels,
  nowMs: number,
): Trial | undefined {
  if (asked === undefined) return before?.state === 'running' ? over(before) : before
  if (asked.askedAt === before?.askedAt) return before
  const { askedAt, dbm, seconds } = asked
  if (levels === undefined) return { askedAt, dbm, state: 'refused', reason: notConnected }
  if (!isLevel(levels, dbm)) return { askedAt, dbm, state: 'refused', reason: notALevel(levels, dbm) }
  return { askedAt, dbm, state: 'running', untilMs: nowMs + seconds * 1000 }
}

/** Time has passed: a trial may be over. */
export function passed(power: AntennaPower, nowMs: number): AntennaPower {
  const { trial } = power
  return trial?.state === 'running' && nowMs >= trial.untilMs ? { ...power, trial: over(trial) } : power
}

/** The reader itself did not take what is wanted. */
export function refusedByReader(power: AntennaPower, reason: string): AntennaPower {
  const { trial, keptDbm } = power
  if (trial?.state === 'running') {
    const { askedAt, dbm } = trial
    return { ...power, trial: { askedAt, dbm, state: 'refused', reason } }
  }
  return keptDbm === undefined ? power : { ...power, refusal: reason }
}

/** dBm that the reader shall be told, and who says so; undefined: as the configuration says. */
export function wantedOf(
  power: AntennaPower,
  levels: Levels,
): { readonly dbm: number; readonly from: 'trial' | 'board' } | undefined {
  if (power.trial?.state === 'running') return { dbm: power.trial.dbm, from: 'trial' }
  if (power.keptDbm === undefined || refusalOf(power, levels) !== undefined) return undefined
  return { dbm: power.keptDbm, from: 'board' }
}

/** Why what is kept on the board is not used. */
export function refusalOf({ keptDbm, refusal }: AntennaPower, levels: Levels): string | undefined {
  if (refusal !== undefined || keptDbm === undefined || levels === undefined) return refusal
  return isLevel(levels, keptDbm) ? undefined : notALevel(levels, keptDbm)
}

function over({ askedAt, dbm }: Trial): Trial {
  return { askedAt, dbm, state: 'over' }
}
