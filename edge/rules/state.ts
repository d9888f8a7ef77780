import { z } from 'zod'
import type { GatewayGateRule, GatewayRule, GatewayValueRule } from '../../shared/gateway-rule.ts'
import { EdgeAlert } from '../../shared/record.ts'
import { Worst } from '../../shared/rules/worst.ts'

/** What a rule remembers of one sensor: the watch of `shared/rules/watch.ts`, and what was told of it. */
export const KeptWatch = z.object({
  sinceAt: z.number().nullable(),
  trigger: z.string(),
  value: z.number(),
  raised: z.boolean(),
  withinAt: z.number().optional(),
  /** Event time of the newest value. */
  newestAt: z.number(),
  /** The boot that its stamps are marked with, while the clock is not believed. */
  boot: z.string().optional(),
  /** `at` and value of the record that raised it. */
  raisedAt: z.number().optional(),
  raisedValue: z.number().optional(),
  worst: Worst.optional(),
})
export type KeptWatch = z.infer<typeof KeptWatch>

/** An item that passed a gate where it should not have. */
export const KeptHold = z.object({
  raisedAt: z.number(),
  /** Event time of its newest passage. */
  passedAt: z.number(),
  readPoint: z.string(),
  boot: z.string().optional(),
})
export type KeptHold = z.infer<typeof KeptHold>

/** All that must outlive the process: what is watched, and records that may not be in the spool yet. JSON-safe. */
export const KeptRules = z.object({
  v: z.literal(1),
  /** rule id → its question, as text: a rule that asks something else begins anew. */
  questions: z.record(z.string(), z.string()),
  /** rule id → what it drives. */
  outputs: z.record(z.string(), z.array(z.string())),
  /** `rule/sensor` */
  watches: z.record(z.string(), KeptWatch),
  /** `rule/item`, the one that passed longest ago first. */
  holds: z.record(z.string(), KeptHold),
  untold: z.array(EdgeAlert),
})
export type KeptRules = z.infer<typeof KeptRules>

/** Changed in place by the functions of this room. */
export interface RulesState {
  readonly rules: Map<string, GatewayRule>
  readonly questions: Map<string, string>
  readonly outputs: Map<string, readonly string[]>
  readonly bySensor: Map<string, readonly GatewayValueRule[]>
  readonly byGate: Map<string, readonly GatewayGateRule[]>
  held: ReadonlySet<string>
  /** rule id → EPCs that may pass. */
  readonly listed: Map<string, ReadonlySet<string>>
  readonly watches: Map<string, KeptWatch>
  readonly holds: Map<string, KeptHold>
  /** Something that must outlive the process changed since somebody last wrote it down. */
  isChanged: boolean
}

export function rulesState(kept?: KeptRules): RulesState {
  return {
    rules: new Map(),
    questions: new Map(Object.entries(kept?.questions ?? {})),
    outputs: new Map(Object.entries(kept?.outputs ?? {})),
    bySensor: new Map(),
    byGate: new Map(),
    held: new Set(),
    listed: new Map(),
    watches: new Map(Object.entries(kept?.watches ?? {})),
    holds: new Map(Object.entries(kept?.holds ?? {})),
    isChanged: false,
  }
}

export function keptOf(state: RulesState, untold: readonly EdgeAlert[]): KeptRules {
  return {
    v: 1,
    questions: Object.fromEntries(state.questions),
    outputs: Object.fromEntries([...state.outputs].map(([id, outputs]) => [id, [...outputs]])),
    watches: Object.fromEntries(state.watches),
    holds: Object.fromEntries(state.holds),
    untold: [...untold],
  }
}

/** Takes the record of an alert that began or ended, with the outputs that its rule drives. */
export type TellAlert = (record: EdgeAlert, outputs: readonly string[]) => void
