import { z } from 'zod'
import { Flaw } from './flaw.ts'
import { EpcHex, Identifier } from './identifier.ts'
import { At, Why } from './why.ts'

/**
 * What `/api/v1` answers. Instants are ISO 8601 UTC text here and nowhere else. Every list is a page:
 * `{ items, next }`, `next` being the cursor of the following page or null.
 */

export const Iso = z.iso.datetime({ precision: 3 })

/** Unix milliseconds → the text that the API speaks. */
export function iso(at: number): string {
  return new Date(at).toISOString()
}

export function page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() })
}
export interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null
}

/** What is wrong at one place of an input. */
export const InputError = z.object({
  path: z.string().describe('of a spreadsheet line and column'),
  message: z.string().describe('in English'),
  line: z.int().optional().describe('of a spreadsheet, 1-based'),
  column: z.string().optional().describe('not there: the row as a whole'),
  flaw: Flaw.optional().describe('what `message` says, for whoever says it in another language'),
})
export type InputError = z.infer<typeof InputError>

/** RFC 9457. `code` is one of `faultCodes`. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  errors: z.array(InputError).optional(),
})
export type Problem = z.infer<typeof Problem>

export const SiteSummary = z.object({
  site: Identifier,
  name: z.string(),
  timeZone: z.string(),
  mapVersion: z.int(),
  slots: z.int(),
  items: z.int().describe('items known to be on the site'),
})
export type SiteSummary = z.infer<typeof SiteSummary>

/** A sentence in codes and values, for whoever says it in another language: sentence by sentence what the English text says. */
const whyCoded = z.array(Why)

/** How sure: 0 = unknown, 1 = certain. */
const Confidence = z.number().min(0).max(1)

export const SlotState = z.object({
  slot: Identifier,
  zone: Identifier,
  items: z.int(),
  state: z.enum(['empty', 'occupied', 'unknown']).describe('unknown: nothing that covers it can be believed now'),
  asOf: Iso.nullable(),
  confidence: Confidence,
})
export type SlotState = z.infer<typeof SlotState>

export const StockRow = z.object({
  slot: Identifier.nullable().describe('null: on the site, slot not known'),
  zone: Identifier.nullable(),
  sku: z.string().nullable().describe('null: tag without a known SKU'),
  quantity: z.int().describe('tags, and goods without tags as counted last'),
  untagged: z.int().describe('of them without tags'),
  countedAt: Iso.nullable().describe('when those were counted; null: there are none'),
  asOf: Iso,
  confidence: Confidence,
})
export type StockRow = z.infer<typeof StockRow>

export const Item = z.object({
  epc: EpcHex,
  sku: z.string().nullable(),
  site: Identifier,
  zone: Identifier.nullable(),
  slot: Identifier.nullable(),
  state: z
    .enum(['present', 'uncertain', 'glimpsed', 'gone', 'departed', 'unknown'])
    .describe(
      'uncertain: here or at `rival`, counted here; glimpsed: too few reads to count it; gone: silent for longer than it ' +
        'is used to be, its place is where it was; unknown: nothing speaks for a place',
    ),
  rival: z.object({ zone: Identifier.nullable(), slot: Identifier.nullable() }).nullable(),
  since: Iso.describe('in this state, or at this place, since'),
  lastSeenAt: Iso,
  readPoint: Identifier.describe('that saw it last'),
  confidence: Confidence,
  why: z.string().describe('in English: which evidence decided'),
  whyCoded,
})
export type Item = z.infer<typeof Item>

/** One EPC in every form of the Tag Data Standard that it has. */
export const EpcForms = z.object({
  coding: z.string().describe('sgtin-96, sscc-96 …; or why it is raw: tid, header, length, value'),
  tagUri: z.string().describe('urn:epc:tag:…, or urn:epc:raw:…'),
  pureIdentity: z.string().nullable().describe('urn:epc:id:…'),
  elementString: z.string().nullable().describe('(01)…(21)…'),
  digitalLink: z.string().nullable().describe('https://id.gs1.org/…'),
})
export type EpcForms = z.infer<typeof EpcForms>

export const ItemWithForms = Item.extend({ forms: EpcForms })
export type ItemWithForms = z.infer<typeof ItemWithForms>

export const ItemEvidence = z.object({
  epc: EpcHex,
  site: Identifier,
  state: z
    .enum(['unknown', 'glimpsed', 'guessed', 'present', 'uncertain', 'said', 'gone', 'departed'])
    .describe(
      'glimpsed: too few reads to believe; guessed: the strongest of its first reads; uncertain: here or at `rival`; ' +
        'said: by a person or a gate, and no antenna says otherwise; gone: silent for longer than it is used to be',
    ),
  ...At.shape,
  rival: At.nullable(),
  since: Iso.nullable(),
  lastReadAt: Iso.nullable(),
  goneSince: Iso.nullable().describe('when its silence had lasted for long enough'),
  rule: z.string().describe('in English: the rule that decided'),
  ruleCoded: whyCoded,
  wouldChange: z.array(z.string()).describe('in English: what would make the answer another one'),
  wouldChangeCoded: whyCoded.describe('one for each of `wouldChange`'),
  heardAt: z
    .array(At.extend({ usualDbm: z.number(), lead: z.number().describe('1: the tag has moved there') }))
    .describe('where it was heard of late, the most heard first'),
  nearSlots: z
    .array(z.object({ slot: Identifier, share: z.number().describe('0–1, of what the nearest reference tags say') }))
    .describe(
      'where only its zone is known: the slots whose reference tags are heard most like it, the likeliest first',
    ),
  weighed: z.int().describe('pieces of evidence, of a day at most, since the last word of a person or a gate'),
  from: Iso.nullable().describe('the oldest of them'),
  reads: z
    .array(
      At.extend({
        at: Iso,
        readPoint: z.string(),
        basis: z.enum(['unplaced', 'zone', 'gate', 'slot', 'pick', 'passage', 'scan', 'carried']),
        count: z.int(),
        peakRssiDbm: z.number().nullable(),
      }),
    )
    .describe('the newest fifty, newest first'),
})
export type ItemEvidence = z.infer<typeof ItemEvidence>

/** Why a slot is held to be as it is. */
export const SlotEvidence = z.object({
  slot: Identifier,
  zone: Identifier,
  state: z.enum(['empty', 'occupied', 'unknown']),
  asOf: Iso.nullable(),
  confidence: Confidence,
  rule: z.string().describe('in English: the rule that decided'),
  ruleCoded: whyCoded,
  wouldChange: z.array(z.string()).describe('in English: what would make the answer another one'),
  wouldChangeCoded: whyCoded.describe('one for each of `wouldChange`'),
  readers: z
    .array(
      z.object({
        gateway: Identifier,
        reader: Identifier,
        state: z
          .enum(['heard', 'silent', 'never'])
          .describe(
            'silent: it or its gateway is away, and what it covers is frozen; never: it has not been heard yet',
          ),
        since: Iso.nullable().describe('silent since; else when it last gave a sign of life'),
      }),
    )
    .describe('those whose antennas look at the slot'),
  items: z.int().describe('tags that are held to be there'),
  here: z
    .array(
      z.object({
        epc: EpcHex,
        sku: z.string().nullable(),
        since: Iso,
        confidence: Confidence,
        why: z.string(),
        whyCoded,
        lastSeenAt: Iso.describe('wherever that was'),
        heard: z
          .object({ at: Iso, readPoint: z.string(), count: z.int(), peakRssiDbm: z.number().nullable() })
          .nullable()
          .describe('the newest read of it in the slot; null: none in the last hour. Of the first twelve'),
      }),
    )
    .describe('the first hundred of them, the newest first; each has evidence of its own'),
  maybe: z
    .array(
      z.object({ epc: EpcHex, sku: z.string().nullable(), slot: Identifier.nullable(), zone: Identifier.nullable() }),
    )
    .describe('the first twenty that are counted elsewhere, and may as well be here'),
  untagged: z
    .array(z.object({ sku: z.string(), quantity: z.int(), countedAt: Iso, by: z.string() }))
    .describe('goods without tags, as counted last'),
})
export type SlotEvidence = z.infer<typeof SlotEvidence>

/** A tag on the site of which nobody has said what it is on. */
export const UnknownTag = z.object({
  epc: EpcHex,
  elementString: z
    .string()
    .nullable()
    .describe('(01)…(21)…: with its GTIN on the map, all tags of the article are known'),
  zone: Identifier.nullable(),
  slot: Identifier.nullable(),
  since: Iso,
  lastSeenAt: Iso,
  reads: z.int(),
})
export type UnknownTag = z.infer<typeof UnknownTag>

export const ItemEvent = z.object({
  at: Iso,
  recordedAt: Iso,
  kind: z
    .enum(['observed', 'arrived', 'moved', 'departed', 'lost', 'scanned', 'corrected'])
    .describe('observed: found there, nobody knows since when; lost: silent for too long; corrected: the map changed'),
  from: Identifier.nullable(),
  to: Identifier.nullable(),
  readPoint: Identifier.nullable(),
  lastReadAt: Iso.nullable().describe('of what was lost'),
  parent: EpcHex.nullable().describe('the logistic unit with which it went; null: it was seen itself'),
  late: z.boolean().describe('entered as a correction, when evidence of that time came late'),
  why: z.string().describe('in English'),
  whyCoded: whyCoded.describe('empty: a sentence of an earlier version that has no code'),
})
export type ItemEvent = z.infer<typeof ItemEvent>

export const SeriesPoint = z.object({
  at: Iso,
  count: z.int(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  mean: z.number().nullable(),
  last: z.number().nullable(),
})
export type SeriesPoint = z.infer<typeof SeriesPoint>

export const SeriesAnswer = z.object({
  sensor: Identifier,
  quantity: z.string(),
  unit: z.string().describe('UN/CEFACT code'),
  everyMs: z.int().nullable().describe('null: raw values'),
  points: z.array(SeriesPoint),
  gaps: z.array(z.object({ from: Iso, to: Iso })).describe('in which nothing was heard: draw no line across'),
  next: Iso.nullable().describe('`from` of what was cut off by `limit`; null: nothing was'),
})
export type SeriesAnswer = z.infer<typeof SeriesAnswer>

export const LatestRow = z.object({
  sensor: Identifier,
  gateway: Identifier,
  quantity: z.string(),
  unit: z.string().nullable().describe('UN/CEFACT code; null: the gateway made the quantity up'),
  at: Iso.describe('when it was measured'),
  value: z.number(),
})
export type LatestRow = z.infer<typeof LatestRow>

export const ZoneSeries = z.object({
  zone: Identifier,
  sensors: z.array(Identifier),
  points: z.array(SeriesPoint.omit({ last: true })),
})
export type ZoneSeries = z.infer<typeof ZoneSeries>

const Excursion = z.object({
  knownMs: z.int().describe('time for which something is known'),
  aboveMs: z.int(),
  belowMs: z.int(),
  degreeMinutesAbove: z.number().describe('distance from the limit times its minutes'),
  degreeMinutesBelow: z.number(),
  min: z.number(),
  max: z.number(),
  meanKineticCelsius: z.number().nullable().describe('USP <1079.2>; temperatures only'),
})

const judgedBy = {
  zone: Identifier,
  low: z.number().nullable().describe('limits by which it was judged'),
  high: z.number().nullable(),
}

export const ExcursionRow = Excursion.extend({ sensor: Identifier, ...judgedBy })
export type ExcursionRow = z.infer<typeof ExcursionRow>

export const SlotExcursionRow = ExcursionRow.extend({
  slot: Identifier,
  sensor: Identifier.describe('nearest to the slot, of its zone'),
})
export type SlotExcursionRow = z.infer<typeof SlotExcursionRow>

export const ItemExcursion = z.object({
  epc: z.string(),
  stays: z
    .array(
      z.object({
        ...judgedBy,
        zone: Identifier.nullable(),
        slot: Identifier.nullable(),
        from: Iso,
        to: Iso,
        sensor: Identifier.nullable().describe('nearest to where it was, of that zone; null: the zone has none'),
        excursion: Excursion.nullable().describe('null: nothing is known'),
      }),
    )
    .describe('where it was on the site, oldest first'),
  total: Excursion.nullable().describe('of the whole path; null: nothing is known'),
})
export type ItemExcursion = z.infer<typeof ItemExcursion>

export const GapRow = z.object({
  site: Identifier,
  gateway: Identifier.nullable().describe('null: an entry that the cloud wrote itself'),
  from: Iso,
  to: Iso,
  count: z.int(),
  reason: z.string(),
  class: z.string().describe('of the records; or quarantine, set-aside'),
  recordedAt: Iso,
})
export type GapRow = z.infer<typeof GapRow>

export const Alert = z.object({
  id: z.string().describe('hash of rule, subject and the triggering record'),
  site: Identifier,
  rule: Identifier,
  name: z.string(),
  severity: z.int().min(1).max(4),
  subject: z
    .string()
    .min(1)
    .max(128)
    .describe('a device, sensor or gateway; of goods an EPC, a SKU, a lot, a place, a zone or the site'),
  zone: Identifier.nullable(),
  state: z
    .enum(['active', 'acknowledged', 'cleared', 'normal'])
    .describe('active = unacknowledged; cleared = cleared, not yet acknowledged; normal = over'),
  raisedAt: Iso,
  clearedAt: Iso.nullable(),
  acknowledgedAt: Iso.nullable(),
  acknowledgedBy: z.string().nullable(),
  value: z.number().nullable().describe('with which it last rang; of what goods went through, as it was last'),
  worst: z
    .object({ value: z.number(), at: Iso })
    .nullable()
    .default(null)
    .describe(
      'furthest beyond the limit since its condition came, and when; null: no value is worse than another by itself',
    ),
  quantity: z.string().nullable(),
  whatToDo: z.string(),
  silence: z
    .enum(['shelved', 'suppressed', 'out-of-service'])
    .nullable()
    .default(null)
    .describe('what keeps it quiet: a person; a maintenance window or the schedule of its rule; null: it may ring'),
  silencedUntil: Iso.nullable().default(null).describe('null: not silenced, until it clears, or until further notice'),
  isLatching: z.boolean().default(false).describe('stands until a person clears it, also when its condition has gone'),
  assignedTo: z.string().nullable().default(null),
  rangAt: Iso.nullable().default(null).describe('when it last began to ring; null: never'),
  times: z.int().default(1).describe('how often its condition came'),
  escalation: z.int().default(0).describe('how many of the deadlines of its rule it stood unacknowledged'),
  isPast: z.literal(true).optional().describe('found in data that came late, when it was over already: it never rang'),
  gateway: Identifier.optional().describe('it was decided on this gateway, not here'),
  items: z.int().min(1).optional().describe('so many items it stands for, where it is one alert for several'),
})
export type Alert = z.infer<typeof Alert>

/** A rule that runs on gateways, on one that it concerns. */
export const RuleOnGateway = z.object({
  site: Identifier,
  rule: Identifier,
  gateway: Identifier,
  state: z
    .enum(['running', 'not-yet', 'left-out'])
    .describe(
      'running: the gateway works by the rules of now; not-yet: it has not said so since the cloud was started; ' +
        'left-out: a gateway takes at most 256 rules',
    ),
})
export type RuleOnGateway = z.infer<typeof RuleOnGateway>

/** What people away from the board may want to hear of an alert. */
export const NoticeRow = z.object({
  event: z.enum(['ringing', 'escalated', 'acknowledged', 'over']),
  at: Iso,
  alert: Alert.describe('as it was then'),
})
export type NoticeRow = z.infer<typeof NoticeRow>

const alertSource = { rule: Identifier, subject: Identifier, name: z.string() }

/** How the alerts of a site performed in a range (ISA-18.2 clause 16, EEMUA 191). Past ones count in `past` alone. */
export const AlertReport = z.object({
  from: Iso,
  to: Iso.describe('exclusive; never later than now'),
  raised: z.int().describe('alerts that came up in the range, by `raisedAt`'),
  bySeverity: z.array(z.object({ severity: z.int().min(1).max(4), raised: z.int() })),
  silent: z.int().describe('of the raised: never rang, for a window or a schedule kept them quiet; not in the rates'),
  past: z.int().describe('found in data that came late, when they were over already'),
  rate: z
    .object({
      mean: z.number().describe('for each 10 minutes of the range'),
      max: z.int().describe('in one period'),
      periods: z.int().describe('10 minutes of the clock each; those at the ends of the range may be cut'),
      floodPeriods: z.int().describe('periods with 10 or more'),
      floodShare: z.number().describe('of all periods, 0 to 1'),
      floods: z
        .array(z.object({ at: Iso.describe('where the period begins'), raised: z.int() }))
        .describe('the first 100, oldest first'),
    })
    .describe('of alerts that rang, by `raisedAt`'),
  areas: z
    .array(
      z.object({
        area: z.string().nullable().describe('operator area, or a zone that is in none; null: of no zone'),
        raised: z.int(),
        mean: z.number().describe('that rang, for each 10 minutes of the range'),
        max: z.int().describe('that rang in one period'),
        floodPeriods: z.int(),
        floodShare: z.number().describe('of all periods, 0 to 1'),
      }),
    )
    .describe('the same by operator area, which is what a flood is counted for; the busiest first'),
  acknowledged: z
    .object({
      count: z.int(),
      never: z.int().describe('rang, and nobody acknowledged them since they last began to'),
      medianMs: z.int().nullable().describe('at least half took no longer; null: none was acknowledged'),
      p90Ms: z.int().nullable().describe('at least nine of ten took no longer'),
    })
    .describe('from when an alert last began to ring until somebody acknowledged it or cleared it by hand'),
  offenders: z
    .array(z.object({ ...alertSource, raised: z.int(), share: z.number().describe('of all raised, 0 to 1') }))
    .describe('the ten that raised most'),
  chattering: z
    .object({
      from: Iso.describe('rings before are no longer kept'),
      count: z.int(),
      items: z
        .array(
          z.object({
            ...alertSource,
            rings: z.int().describe('in the range'),
            withinMinute: z.int().describe('the most within one minute'),
            at: Iso.describe('where the first such minute begins'),
          }),
        )
        .describe('at most 100, the worst first'),
    })
    .describe('one rule and subject that began to ring 3 times or more within 60 s'),
  standing: z
    .object({ count: z.int(), items: z.array(Alert).describe('at most 100, oldest first') })
    .describe('raised more than 24 h before `to` and not over now, silenced ones too'),
})
export type AlertReport = z.infer<typeof AlertReport>

/** What the slots of a site held at an earlier instant. */
export const BoardAsOf = z.object({
  site: Identifier,
  at: Iso,
  ledgerSince: Iso.describe('nothing is known of what was before'),
  mapVersion: z.int(),
  items: z.array(z.int()).describe('one number for each slot of that map, in its order'),
  itemsOnSite: z.int(),
})
export type BoardAsOf = z.infer<typeof BoardAsOf>

/** What a rule would have raised over recorded history. */
export const RuleTrial = z.object({
  from: Iso,
  to: Iso,
  sensors: z.int().describe('that the rule concerns'),
  goods: z.int().optional().describe('items whose way was looked at, of a rule on what goods went through'),
  values: z.int().describe('that were looked at'),
  everyMs: z.int().nullable().describe('width of buckets, where a sensor has too many values; null: every value'),
  times: z.int().describe('how often it would have rung'),
  items: z
    .array(
      z.object({
        subject: z.string().describe('as of an alert: a sensor, or what goods it would have stood for'),
        raisedAt: Iso,
        clearedAt: Iso.nullable(),
        value: z.number().describe('with which it rang; of goods the worst of it'),
        items: z.int().optional().describe('so many items'),
      }),
    )
    .describe('the newest 500, oldest first'),
})
export type RuleTrial = z.infer<typeof RuleTrial>

/** What somebody did to an alert, and why. */
export const AlertActRow = z.object({
  at: Iso,
  by: z.string(),
  act: z.string(),
  comment: z.string().nullable(),
  until: Iso.nullable().describe('of a shelve: null = until it next clears'),
  to: z.string().nullable().describe('of an assign: whom'),
})
export type AlertActRow = z.infer<typeof AlertActRow>

export const GatewayState = z.object({
  site: Identifier,
  gateway: Identifier,
  link: z.enum(['online', 'offline', 'never']),
  lastHeardAt: Iso.nullable(),
  since: Iso.nullable().describe('in this link state since'),
  version: z.string().nullable(),
  backlog: z.int().describe('records that waited on the gateway at its last hello and have not come yet'),
  clockSynced: z.boolean().nullable(),
  spool: z
    .object({
      at: Iso.describe('when the gateway said so'),
      waitingBytes: z.number().describe('not acknowledged by the cloud'),
      boundBytes: z.number().describe('beyond so many, records are given up'),
      fullAt: Iso.nullable().describe('if it goes on filling like this; null: it does not fill, or not within 30 days'),
    })
    .optional()
    .describe('how full its spool is'),
  devices: z.array(
    z.object({
      device: Identifier,
      state: z.enum(['up', 'silent', 'down']),
      since: Iso,
      reason: z.string().nullable(),
    }),
  ),
  devicesLeftOut: z.int().optional().describe('words about devices beyond the first 1,000; those are not shown'),
  forked: z
    .object({ since: Iso, reason: z.string() })
    .optional()
    .describe('two senders use this identity: nothing is taken from it until it is released'),
})
export type GatewayState = z.infer<typeof GatewayState>

/** A screen that shows one site and changes nothing. */
export const WallScreen = z.object({ id: z.string(), name: Identifier })
export type WallScreen = z.infer<typeof WallScreen>

/** What an import did; of a dry run, what it would do. */
export const ImportReport = z.object({
  dryRun: z.boolean(),
  rows: z.int(),
  valid: z.int(),
  invalid: z.int(),
  errors: z.array(InputError).readonly().describe('the first 100'),
  offset: z
    .int()
    .nullable()
    .describe('of the entry in the journal; null: nothing was imported, or all of it was known'),
})
export type ImportReport = z.infer<typeof ImportReport>
