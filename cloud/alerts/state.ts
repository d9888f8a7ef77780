import { z } from 'zod'
import { Alert } from '../../shared/api.ts'
import type { MaintenanceWindow } from '../../shared/maintenance.ts'
import { Rule } from '../../shared/rule.ts'
import type { GoodsRule } from '../../shared/rules/of-goods.ts'
import { Worst } from '../../shared/rules/worst.ts'
import type { Kept } from '../database/kept.ts'
import type { GoodsChanges, GoodsState } from '../goods/state.ts'
import type { AlertAct } from '../journal/own-record.ts'
import type { RulesOfSite } from './concerning.ts'
import type { ToldSpells } from './goods/climate/judge.ts'
import type { StoredPage } from './goods/climate/parts.ts'
import type { SensorsOfPlaces, StoredPath } from './goods/climate/path.ts'
import type { StoredDue } from './goods/due.ts'
import type { JudgedMatching } from './goods/unordered.ts'

export const StoredRule = z.object({
  rule: Rule,
  /** When it was made or changed. */
  since: z.number().default(0),
})
export const StoredWatch = z.object({
  sinceAt: z.number().nullable(),
  trigger: z.string(),
  value: z.number(),
  raised: z.boolean(),
  withinAt: z.number().optional(),
  memory: z.array(z.number()).optional(),
  wasLate: z.literal(true).optional(),
  worst: Worst.optional(),
})
/** What values that came late say of a condition, beside what the present ones do. */
export const StoredPast = StoredWatch.extend({
  /** Event time of the newest of them. */
  knownAt: z.number(),
  /** When it came. */
  heardAt: z.number(),
})
export type StoredPast = z.infer<typeof StoredPast>
export const StoredSign = z.object({
  site: z.string(),
  of: z.enum(['gateway', 'reader', 'antenna', 'sensor']),
  subject: z.string(),
  gateway: z.string(),
  zone: z.string().nullable(),
  /** Named by the map; devices outside it are remembered and not watched. */
  watched: z.boolean(),
  signAt: z.number(),
  said: z.enum(['up', 'silent', 'down', 'unsaid']),
  saidAt: z.number(),
})
export type StoredSign = z.infer<typeof StoredSign>

/** An alert that is not over, with the key under which its condition finds it again. */
export const OpenAlert = z.object({
  key: z.string(),
  alert: Alert,
  shelf: z.enum(['none', 'timed', 'once']).default('none'),
  /** Also of a shelf until it next clears: the longest that it may be. */
  shelvedUntil: z.number().nullable().default(null),
  plan: z.enum(['none', 'suppressed', 'out-of-service']).default('none'),
  plannedUntil: z.number().nullable().default(null),
  /** So long it rang, of times before that nobody has seen; ms. */
  unseenMs: z.number().default(0),
  /** Its rule asks something else by now: what is measured says no more how bad it was. */
  isOfOldRule: z.literal(true).optional(),
})
export type OpenAlert = z.infer<typeof OpenAlert>

/** What a gateway said of one rule and subject. An episode goes by the raw stamp of the record that raised it. */
export const EdgeWord = z.object({
  /** Event time of the newest word. */
  at: z.number(),
  /** Episodes that were told, open or past; the newest of them last. */
  told: z.array(z.number()).default([]),
  /** The one whose alert may be open. */
  rung: z.number().optional(),
  /** A raise that is old already, and is the present unless its end comes soon. */
  waiting: z
    .object({
      raisedAt: z.number(),
      at: z.number(),
      heardAt: z.number(),
      value: z.number().nullable(),
      worst: Worst.optional(),
      readPoint: z.string().nullable(),
    })
    .optional(),
})
export type EdgeWord = z.infer<typeof EdgeWord>

/** Items that a rule on stock counts. */
export const StoredCount = z.object({ count: z.int() })
/** A passage that was told. */
export const ToldPassage = z.object({ at: z.number() })
/** A rule on goods that has not read the ledger yet. */
export const UnreadRule = z.object({ site: z.string() })

/** Everything the projection holds. */
export interface AlertState {
  /** rule id → rule. */
  readonly rules: Kept<z.infer<typeof StoredRule>>
  /** key of the condition → how far it is. */
  readonly watches: Kept<z.infer<typeof StoredWatch>>
  /** key of the condition → what is being found in late data. */
  readonly pasts: Kept<StoredPast>
  /** `site/of/gateway/subject` → signs of life; of a sensor the newest measurement, whatever gateway brought it. */
  readonly signs: Kept<StoredSign>
  /** key → alert that is not over. */
  readonly open: Kept<OpenAlert>
  /** key → the newest alert on values that is over: what comes late may say how bad it was. */
  readonly ended: Kept<Alert>
  readonly edge: Kept<EdgeWord>
  /** site → `sensor → zone`, from the newest map. */
  readonly zones: Kept<Record<string, string>>
  /** site → its time zone, from the newest map. */
  readonly timeZones: Kept<string>
  /** id → maintenance window that is not over. */
  readonly windows: Kept<MaintenanceWindow>
  /** site → version of the map in force. */
  readonly mapVersions: Kept<number>
  /** What is known of goods, as of the same entry: of the other room's own file nobody knows how far it is. */
  readonly goods: GoodsState
  /** key of the condition → how long it has held; of rules on goods. */
  readonly dues: Kept<StoredDue>
  /** key of the condition → items; of rules on stock. */
  readonly counts: Kept<z.infer<typeof StoredCount>>
  /** Passages without an order that were told: `rule/site/passage` → when it passed. */
  readonly unordered: Kept<z.infer<typeof ToldPassage>>
  /** site → `slot → zone`, from the newest map. */
  readonly slotZones: Kept<Record<string, string>>
  /** site → the sensors that speak for its places, by the newest map. */
  readonly sensorsOfPlaces: Kept<SensorsOfPlaces>
  /** key of a rule on what goods went through and of an item → the way of the item. */
  readonly paths: Kept<StoredPath>
  /** key of such a rule and a sensor, and number of the page → what the sensor said. */
  readonly pages: Kept<StoredPage>
  /** key of such a rule and a subject → what was told of it. */
  readonly toldSpells: Kept<ToldSpells>
  /** site → slots in which something is expected; emptied when that changes. */
  readonly slotsSpokenOf: Map<string, ReadonlySet<string>>
  /** rule on goods → how many of its conditions are raised; counted when first asked for. */
  raisedByRule: Map<string, number> | undefined
  /** Sites of which something is known that was not at the tick before. */
  readonly goodsChanged: GoodsChanges
  /** site → how far; emptied when it is read from the file. */
  readonly judgedMatchings: Map<string, JudgedMatching>
  /** When `unordered` was last tidied. */
  toldTidiedAt: number
  /** rule id → it is to read the ledger before the next tick. */
  readonly unread: Kept<z.infer<typeof UnreadRule>>
  /** When the next of `dues` may be due; at most too early. */
  nextDueAt: number
  /** Rules on goods in force by site; emptied when rules change. */
  goodsRules: ReadonlyMap<string, readonly GoodsRule[]> | undefined
  /** Of the newest tick. */
  now: number
  /** Since when time went on without a step of the clock; 0 = since the beginning. Timers count from here. */
  watchedFrom: number
  /** Sensors with the rules on their values, by site; emptied when rules or maps change. */
  readonly concerning: Map<string, RulesOfSite>
}

/**
 * Something that people away from the board may want to hear: it rings, a deadline passed without anybody, somebody has
 * it, it is over.
 */
export const Notice = z.object({
  event: z.enum(['ringing', 'escalated', 'acknowledged', 'over']),
  at: z.number(),
  alert: Alert,
})
export type Notice = z.infer<typeof Notice>

/** What one `apply` changed beside the kept maps. */
export interface AlertChanges {
  /** By id, in their newest state. */
  readonly alerts: Map<string, Alert>
  readonly acts: z.infer<typeof AlertAct>[]
  /** Sites of which a rule is another than before. */
  readonly rules: Set<string>
  /** What somebody may want to be called for, of the entry under way. */
  readonly notices: Notice[]
  /** The same in its place: by the journal, so that a feed that is made anew has every notice where it was. */
  readonly feed: { readonly offset: number; readonly number: number; readonly notice: Notice }[]
}

/** Text → 32 hex digits; handed in, so that the folding code stays free of the platform. */
export type Hash = (text: string) => string
