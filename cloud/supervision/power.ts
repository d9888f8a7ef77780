import { z } from 'zod'
import { mostPowerOrders, type PowerOrder, ReaderPowerSaid } from '../../shared/reader-power.ts'
import type { PowerAct } from '../journal/own-record.ts'

/** Transmit power of one gateway's readers: what was asked for on the board, and what the gateway says. */
export const KeptPower = z.object({
  site: z.string(),
  gateway: z.string(),
  /** Newest word of each reader. */
  said: z.record(z.string(), z.object({ at: z.number(), power: ReaderPowerSaid })),
  /** `reader/antenna` */
  asked: z.record(
    z.string(),
    z.object({
      kept: z.object({ dbm: z.number().nullable(), at: z.number(), by: z.string() }).optional(),
      trial: z.object({ askedAt: z.number(), dbm: z.number(), seconds: z.int(), by: z.string() }).optional(),
    }),
  ),
})
export type KeptPower = z.infer<typeof KeptPower>
type Asked = KeptPower['asked'][string]

/** Names of readers come off the network. */
const mostReaders = 256
/** A gateway that hears of a trial so long after its end does not begin it. */
const trialGraceMs = 5_000

export function noPower(site: string, gateway: string): KeptPower {
  return { site, gateway, said: {}, asked: {} }
}

/** Newest event time wins. */
export function hearPower(power: KeptPower, said: ReaderPowerSaid, at: number): void {
  const { reader } = said
  const known = Object.hasOwn(power.said, reader) ? power.said[reader] : undefined
  if (known === undefined && Object.keys(power.said).length >= mostReaders) return
  if (known === undefined || at >= known.at) power.said[reader] = { at, power: said }
}

/** The newest act on an antenna replaces the one before; to keep something ends its trial. */
export function askPower(power: KeptPower, act: z.infer<typeof PowerAct>): void {
  const { reader, antenna, at, by, dbm, seconds } = act
  const key = `${reader}/${antenna}`
  const before: Asked | undefined = Object.hasOwn(power.asked, key) ? power.asked[key] : undefined
  if (before === undefined && Object.keys(power.asked).length >= mostPowerOrders) return
  const { kept } = before ?? {}
  const keeping = kept === undefined ? {} : { kept }
  if (act.act === 'keep') power.asked[key] = { kept: { dbm: dbm ?? null, at, by } }
  else if (act.act === 'back') power.asked[key] = keeping
  else if (typeof dbm === 'number' && seconds !== undefined)
    power.asked[key] = { ...keeping, trial: { askedAt: at, dbm, seconds, by } }
}

/** Forgets trials that are over. Whether there were any. */
export function endTrials(power: KeptPower, now: number): boolean {
  let ended = false
  for (const asked of Object.values(power.asked)) {
    const { trial } = asked
    // A clock that went back makes no trial longer than it is.
    if (trial === undefined || Math.abs(now - trial.askedAt) < trial.seconds * 1000 + trialGraceMs) continue
    delete asked.trial
    ended = true
  }
  return ended
}

/** What the gateway is to bring about. Antennas of which nothing is wanted any more are not named. */
export function ordersOf(power: KeptPower): readonly PowerOrder[] {
  return Object.entries(power.asked).flatMap(([key, { kept, trial }]) => {
    if (trial === undefined && (kept === undefined || kept.dbm === null)) return []
    const [reader = '', antenna] = key.split('/')
    const order = { reader, antenna: Number(antenna), keptDbm: kept?.dbm ?? null }
    if (trial === undefined) return [order]
    const { askedAt, dbm, seconds } = trial
    return [{ ...order, trial: { askedAt, dbm, seconds } }]
  })
}
