import { z } from 'zod'
import { Identifier } from './identifier.ts'

/**
 * Why something is held to be where it is, as a code of a closed list and its values: whoever shows it says it in the
 * language of the reader (`why-en.ts` in English). Times are milliseconds, shares 0–1, levels dB.
 */

/** A slot, or a zone where the slot is not known; neither: on no map. */
export const At = z.object({ zone: Identifier.nullable(), slot: Identifier.nullable() })
export type At = z.infer<typeof At>

const by = z.string().describe('a read point; of a scan the gateway of the handheld')
const byKnown = by
  .nullable()
  .describe('as `by`; null: something else saw it last, and which this was is with its evidence')
const ms = z.number().min(0)
const share = z.number().min(0).max(1)

/** What one piece of evidence is. */
const evidence = [
  z.object({ code: z.literal('scanned'), slot: Identifier.nullable(), by: byKnown }),
  z.object({ code: z.literal('picked'), by: byKnown }),
  z.object({ code: z.literal('passed'), way: z.enum(['in', 'out']), by: byKnown, sure: share }),
  z.object({ code: z.literal('carried'), unit: z.string().nullable(), ...At.shape, departed: z.boolean() }),
  z.object({
    code: z.literal('read'),
    times: z.int(),
    by: byKnown,
    covers: z.enum(['slot', 'gate', 'zone', 'nothing']).describe('what its antenna looks at'),
    ...At.shape,
  }),
  z.object({ code: z.literal('not-read'), silentMs: ms }),
  z.object({ code: z.literal('unit-not-read'), unit: z.string() }),
  z.object({ code: z.literal('left-the-map'), ...At.shape }),
] as const

/** What is said of an item beside that. */
const ofItems = [
  z.object({ code: z.literal('gone-silent'), by }),
  z.object({ code: z.literal('seen-too-little'), by, needs: z.int() }),
  z.object({ code: z.literal('slot-left-the-map'), by }),
  z.object({ code: z.literal('perhaps-elsewhere'), ...At.shape }),
  z.object({ code: z.literal('readers-silent') }),
  z.object({ code: z.literal('late-reads-wait') }),
] as const

/** The rule that put an item where it is. */
const itemRules = [
  z.object({ code: z.literal('nothing-heard') }),
  z.object({ code: z.literal('glimpsed'), times: z.int(), at: At, needs: z.int(), withinMs: ms }),
  z.object({ code: z.literal('not-overruled') }),
  z.object({
    code: z.literal('fell-silent'),
    at: At,
    usualMs: ms.nullable().describe('between two of its reads; null: not known'),
    silentMs: ms,
  }),
  z.object({ code: z.literal('first-reads'), at: At, reads: z.int(), sureAfter: z.int() }),
  z.object({
    code: z.literal('between'),
    at: At,
    rival: At,
    share: z.number().min(0).nullable().describe('of what it takes to win; null: it was heard as well'),
  }),
  z.object({
    code: z.literal('reads-speak'),
    at: At,
    against: z.number().min(0).describe('what speaks most against it, of what it takes to win'),
  }),
] as const

/** What would put it elsewhere. */
const itemChanges = [
  z.object({ code: z.literal('reads-make-present'), reads: z.int(), withinMs: ms }),
  z.object({
    code: z.literal('reads-elsewhere'),
    at: At,
    elsewhere: At.nullable().describe('null: anywhere'),
    excessDb: z.number().describe('dB × reads'),
  }),
  z.object({ code: z.literal('word-at-once') }),
  z.object({ code: z.literal('silence-says-nothing'), at: At }),
  z.object({ code: z.literal('silence-ends-it'), silentMs: ms }),
] as const

/** The rule by which a slot is as it is. */
const frozen = z.boolean().describe('no reader that covers it is heard now, so nothing departs')
const slotRules = [
  z.object({ code: z.literal('slot-expired'), afterMs: ms }),
  z.object({ code: z.literal('slot-never-heard') }),
  z.object({ code: z.literal('slot-holds'), tags: z.int(), untagged: z.int(), frozen }),
  z.object({ code: z.literal('slot-watched-empty'), frozen }),
  z.object({ code: z.literal('slot-counted-empty'), frozen }),
] as const

/** What would make it otherwise. */
const slotChanges = [
  z.object({ code: z.literal('count-at-once') }),
  z.object({ code: z.literal('read-of-its-antenna') }),
  z.object({ code: z.literal('heard-better-here') }),
  z.object({ code: z.literal('heard-better-elsewhere') }),
  z.object({ code: z.literal('untagged-until-counted') }),
  z.object({ code: z.literal('readers-without-sign'), afterMs: ms }),
] as const

export const Why = z.discriminatedUnion('code', [
  ...evidence,
  ...ofItems,
  ...itemRules,
  ...itemChanges,
  ...slotRules,
  ...slotChanges,
])
export type Why = z.infer<typeof Why>
export type WhyCode = Why['code']
type WhyOf<Code extends WhyCode> = Extract<Why, { code: Code }>

/** How values are written where the sentence is shown. */
export interface Saying {
  /** What people call a zone. */
  zone(id: string): string
  duration(ms: number): string
  /** To the second, of a silence. */
  silence(ms: number): string
  number(value: number): string
  percent(share: number): string
}

/** A sentence for every code of the list. */
export type WhyWords = {
  readonly [Code in WhyCode]: (why: WhyOf<Code>, say: Saying) => string
}

/** The sentence; undefined for a code that a newer server sends and that has no words here yet. */
export function sayWhy(words: WhyWords, why: Why, say: Saying): string | undefined {
  if (!Object.hasOwn(words, why.code)) return undefined
  const said: (why: never, say: Saying) => string = words[why.code]
  return said(why as never, say)
}
