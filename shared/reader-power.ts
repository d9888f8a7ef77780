import { z } from 'zod'
import { Identifier } from './identifier.ts'

/**
 * Transmit power of readers, as people set it on the board: what the cloud asks a gateway for (`config` topic), and what
 * the gateway says of it (`device` records about itself).
 */

/** A reader's antenna port, 1-based. */
export const AntennaPort = z.int().min(1).max(255)
export const PowerDbm = z.number().min(-10).max(40)
/** How long something is tried. */
export const TrialSeconds = z.int().min(5).max(120)
export const usualTrialSeconds = 30

/** So many antennas of one gateway can be set from the board. */
export const mostPowerOrders = 1024

/** What the board wants of one antenna: a state, not a command. Told twice it is the same. */
export const PowerOrder = z.object({
  reader: Identifier,
  antenna: AntennaPort,
  keptDbm: PowerDbm.nullable().describe("kept on the board; null: as the gateway's own configuration says"),
  trial: z
    .object({ askedAt: z.int().describe('names the trial: it is begun once'), dbm: PowerDbm, seconds: TrialSeconds })
    .optional()
    .describe('tried for a while; absent: nothing is, and what was has ended'),
})
export type PowerOrder = z.infer<typeof PowerOrder>

/** Who an antenna's power is from. */
export const PowerFrom = z.enum(['trial', 'board', 'file', 'reader'])
export type PowerFrom = z.infer<typeof PowerFrom>

/** One antenna, as its gateway says. */
export const AntennaPowerSaid = z.looseObject({
  antenna: AntennaPort,
  readPoint: Identifier.describe('by which its reads go'),
  dbm: z.number().nullable().describe('last sent to the reader; null: its own setting, which it does not report'),
  from: PowerFrom.describe("`file`: the gateway's configuration; `reader`: as the reader is set itself"),
  fileDbm: z.number().optional().describe("of the gateway's configuration"),
  keptDbm: z.number().optional().describe('kept on the board, as far as the gateway knows'),
  refusal: z.string().max(256).optional().describe('why what is kept on the board is not used'),
  trial: z
    .looseObject({
      askedAt: z.int(),
      dbm: z.number(),
      state: z.enum(['running', 'over', 'refused']),
      untilAt: z.int().optional().describe('while it runs: it ends by itself then, Unix ms'),
      reason: z.string().max(256).optional(),
    })
    .optional()
    .describe('the newest one that the gateway has heard of'),
})
export type AntennaPowerSaid = z.infer<typeof AntennaPowerSaid>

/** A reader whose power can be set from the board. */
export const ReaderPowerSaid = z.looseObject({
  reader: Identifier,
  levelsDbm: z.array(z.number()).max(1024).describe('all that it can be set to, upwards'),
  isApplied: z.boolean().describe('false: the reader has not confirmed yet what is said here'),
  antennas: z.array(AntennaPowerSaid).max(255),
})
export type ReaderPowerSaid = z.infer<typeof ReaderPowerSaid>

/** Is it one of the levels? A hundredth of a dBm is what LLRP can tell. */
export function isLevel(levelsDbm: readonly number[], dbm: number): boolean {
  return levelsDbm.some((level) => Math.abs(level - dbm) < 0.005)
}

/** Why one cannot be had: `the reader takes 10 to 30 dBm in steps of 0.25, not 31`. */
export function notALevel(levelsDbm: readonly number[], dbm: number): string {
  return levelsDbm.length === 0
    ? 'the reader does not take its power from here'
    : `the reader takes ${levelsInWords(levelsDbm)}, not ${dbm}`
}

/** The range and its steps. */
function levelsInWords(levelsDbm: readonly number[]): string {
  const [lowest, second] = levelsDbm
  const highest = levelsDbm.at(-1)
  if (lowest === undefined || highest === undefined || second === undefined) return `${lowest} dBm only`
  const step = second - lowest
  const isEven = levelsDbm.every((level, i) => Math.abs(level - lowest - i * step) < 0.005)
  const range = `${lowest} to ${highest} dBm`
  return isEven ? `${range} in steps of ${Math.round(step * 100) / 100}` : `${range}, ${levelsDbm.length} levels`
}

/** One antenna on the board: what is so, what was asked for, and what became of it. */
export const AntennaPower = z.object({
  antenna: AntennaPort,
  readPoint: Identifier,
  dbm: z.number().nullable().describe('last sent to the reader by its gateway; null: the reader keeps its own'),
  from: PowerFrom,
  fileDbm: z.number().nullable().describe("of the gateway's configuration; null: it says nothing"),
  kept: z
    .object({
      dbm: z.number().nullable().describe("null: the gateway's configuration holds again"),
      at: z.iso.datetime(),
      by: z.string(),
      state: z.enum(['asked', 'confirmed', 'refused']).describe('asked: the gateway has not confirmed it yet'),
      reason: z.string().nullable(),
    })
    .nullable(),
  trial: z
    .object({
      dbm: z.number(),
      by: z.string().nullable().describe('null: it is over, and no longer known'),
      state: z.enum(['asked', 'running', 'over', 'refused']),
      untilAt: z.iso.datetime().nullable().describe('while it runs: it ends by itself then'),
      reason: z.string().nullable(),
    })
    .nullable()
    .describe('the newest one'),
})
export type AntennaPower = z.infer<typeof AntennaPower>

/** A reader whose power can be set from the board. */
export const ReaderPower = z.object({
  gateway: Identifier,
  reader: Identifier,
  link: z.enum(['online', 'offline', 'never']).describe('of the gateway: without it nothing arrives'),
  state: z.enum(['up', 'silent', 'down']).nullable().describe('of the reader; null: nothing was heard of it'),
  saidAt: z.iso.datetime(),
  levelsDbm: z.array(z.number()),
  isApplied: z.boolean().describe('false: the reader has not confirmed what its gateway says'),
  antennas: z.array(AntennaPower),
})
export type ReaderPower = z.infer<typeof ReaderPower>
