import type { AntennaPowerSaid, PowerOrder, ReaderPowerSaid } from '../../shared/reader-power.ts'
import {
  type AntennaPower,
  nothingWanted,
  ordered,
  passed,
  refusalOf,
  refusedByReader,
  resumed,
  wantedOf,
} from './antenna-power.ts'

/** What a reader says that it can, and how it would be without the board. */
export interface ReaderCan {
  /** Upwards, dBm. */
  readonly levelsDbm: readonly number[]
  readonly antennas: readonly {
    readonly antenna: number
    readonly readPoint: string
    /** Of the gateway's configuration. */
    readonly fileDbm?: number
    /** As the reader itself is set. */
    readonly ownDbm?: number
  }[]
}

/** Power of one reader, by antenna. */
export interface ReaderPowerState {
  /** What it said when it was last connected. */
  readonly can: ReaderCan | undefined
  readonly isConnected: boolean
  /** By what the reader has confirmed to send; undefined: it has confirmed nothing since it came. */
  readonly applied: ReadonlyMap<number, number> | undefined
  readonly antennas: ReadonlyMap<number, AntennaPower>
}

/** As the gateway starts. */
export function beginReader(orders: readonly PowerOrder[]): ReaderPowerState {
  const antennas = new Map(orders.map((order) => [order.antenna, resumed(order)]))
  return { can: undefined, isConnected: false, applied: undefined, antennas }
}

/** All that the board wants of this reader now. */
export function orderReader(state: ReaderPowerState, orders: readonly PowerOrder[], nowMs: number): ReaderPowerState {
  const byAntenna = new Map(orders.map((order) => [order.antenna, order]))
  const antennas = new Map<number, AntennaPower>()
  for (const antenna of new Set([...state.antennas.keys(), ...byAntenna.keys()])) {
    const before = state.antennas.get(antenna) ?? nothingWanted
    antennas.set(antenna, ordered(before, byAntenna.get(antenna), levelsOf(state), nowMs))
  }
  return { ...state, antennas }
}

export function passReader(state: ReaderPowerState, nowMs: number): ReaderPowerState {
  return changed(state, (power) => passed(power, nowMs))
}

export function refuseReader(state: ReaderPowerState, reason: string): ReaderPowerState {
  return changed(state, (power) => refusedByReader(power, reason))
}

/** The same object where nothing changes. */
function changed(state: ReaderPowerState, change: (power: AntennaPower) => AntennaPower): ReaderPowerState {
  const antennas = new Map([...state.antennas].map(([antenna, power]) => [antenna, change(power)]))
  const isSame = [...antennas].every(([antenna, power]) => power === state.antennas.get(antenna))
  return isSame ? state : { ...state, antennas }
}

/** dBm by antenna that the board wants; what is not in it is as configured. */
export function wantedOfReader(state: ReaderPowerState): ReadonlyMap<number, number> {
  const wanted = new Map<number, number>()
  for (const [antenna, power] of state.antennas) {
    const { dbm } = wantedOf(power, state.can?.levelsDbm) ?? {}
    if (dbm !== undefined) wanted.set(antenna, dbm)
  }
  return wanted
}

/** What the cloud is told; nothing before the reader was there once. `toWall`: from monotonic to wall time, ms. */
export function saidOfReader(reader: string, state: ReaderPowerState, toWall: number): ReaderPowerSaid | undefined {
  const { can } = state
  if (can === undefined) return undefined
  const antennas = can.antennas.map(({ antenna, readPoint, fileDbm, ownDbm }): AntennaPowerSaid => {
    const power = state.antennas.get(antenna) ?? nothingWanted
    const byFile = fileDbm === undefined ? undefined : { dbm: fileDbm, from: 'file' as const }
    const { dbm, from } = wantedOf(power, can.levelsDbm) ?? byFile ?? { dbm: ownDbm ?? null, from: 'reader' as const }
    const refusal = refusalOf(power, can.levelsDbm)
    return {
      antenna,
      readPoint,
      dbm,
      from,
      ...(fileDbm === undefined ? {} : { fileDbm }),
      ...(power.keptDbm === undefined ? {} : { keptDbm: power.keptDbm }),
      ...(refusal === undefined ? {} : { refusal: refusal.slice(0, 256) }),
      ...(power.trial === undefined ? {} : { trial: trialSaid(power.trial, toWall) }),
    }
  })
  return { reader, levelsDbm: [...can.levelsDbm], isApplied: isApplied(state), antennas }
}

/** The reader does what is wanted now. */
function isApplied(state: ReaderPowerState): boolean {
  const { applied, isConnected } = state
  return isConnected && applied !== undefined && isSameWish(applied, wantedOfReader(state))
}

export function isSameWish(one: ReadonlyMap<number, number>, other: ReadonlyMap<number, number>): boolean {
  return one.size === other.size && [...one].every(([antenna, dbm]) => other.get(antenna) === dbm)
}

function trialSaid(trial: NonNullable<AntennaPower['trial']>, toWall: number): NonNullable<AntennaPowerSaid['trial']> {
  const { askedAt, dbm, state } = trial
  if (state === 'running') return { askedAt, dbm, state, untilAt: Math.round(trial.untilMs + toWall) }
  return state === 'refused' ? { askedAt, dbm, state, reason: trial.reason.slice(0, 256) } : { askedAt, dbm, state }
}

function levelsOf({ can, isConnected }: ReaderPowerState): readonly number[] | undefined {
  return isConnected ? can?.levelsDbm : undefined
}
