import { z } from 'zod'
import { HoldReason, LotCode, OwnerName, SkuCode, UntaggedQuantity } from '../../shared/goods.ts'
import { EpcHex, Identifier } from '../../shared/identifier.ts'
import { MaintenanceWindow } from '../../shared/maintenance.ts'
import { AntennaPort, PowerDbm, TrialSeconds } from '../../shared/reader-power.ts'
import { Rule } from '../../shared/rule.ts'
import { ExpectedShipment } from '../../shared/shipment.ts'
import { SiteMap } from '../../shared/site-map.ts'

/**
 * What the cloud itself writes into the journal: people's acts, imports, rules, maps, presence, and the clock.
 * Projections read no other clock and no other configuration, so a rebuild gives the same answer.
 */

const at = z.int().min(0)
const by = z.string().min(1).max(128).describe('who: user, command or subsystem')

/** Once a second; the only "now" that a projection knows. */
export const Tick = z.strictObject({ kind: z.literal('tick'), at })
/** A new version of a site's map; replaces the one before whole. */
export const MapPublished = z.strictObject({ kind: z.literal('map'), at, by, map: SiteMap })
/** Which SKU a tag is on, and what else is known of it; the newest word of an EPC wins, field by field. */
export const ItemsImported = z.strictObject({
  kind: z.literal('items'),
  at,
  by,
  items: z
    .array(
      z.strictObject({
        epc: EpcHex,
        sku: SkuCode.optional(),
        lot: LotCode.nullable().optional(),
        expiresAt: at.nullable().optional(),
        hold: HoldReason.nullable().optional(),
        receivedAt: at.nullable().optional(),
        owner: OwnerName.nullable().optional(),
      }),
    )
    .max(1000)
    .describe('null: not so any more; what is not named stays as it was'),
})
/** What should lie where. */
export const HomesImported = z.strictObject({
  kind: z.literal('homes'),
  at,
  by,
  homes: z
    .array(z.strictObject({ slot: Identifier, sku: SkuCode, quantity: z.int().min(0).max(1_000_000) }))
    .max(1000)
    .describe('quantity 0: not there any more'),
  isWhole: z.literal(true).optional().describe('what was said before about this site is gone'),
})
/** A shipment is expected to come in or to go out. Told again it replaces what was told before, until it has ended. */
export const ShipmentAnnounced = z.strictObject({ kind: z.literal('shipment'), at, by, shipment: ExpectedShipment })
export const ShipmentEnded = z.strictObject({
  kind: z.literal('shipment-ended'),
  at,
  by,
  shipment: Identifier,
  as: z.enum(['closed', 'cancelled']),
})
/** Somebody scanned what came or went with a shipment, as it was scanned. */
export const ShipmentScanned = z.strictObject({
  kind: z.literal('shipment-scanned'),
  at,
  by,
  shipment: Identifier,
  codes: z.array(z.string().min(1).max(512)).max(1000),
})
/** Somebody counted a slot: what was scanned there, as it was scanned. */
export const Counted = z.strictObject({
  kind: z.literal('counted'),
  at,
  by,
  slot: Identifier,
  codes: z.array(z.string().min(1).max(512)).max(1000),
  untagged: z
    .array(UntaggedQuantity)
    .max(200)
    .optional()
    .describe('goods without tags; those not named stay as they were'),
})
/**
 * What is packed on a logistic unit (EPCIS AggregationEvent): since `at` these are on it, or no longer. reject: nobody
 * said so, and what moved together suggests it; a person says that it is not so.
 */
export const Aggregated = z.strictObject({
  kind: z.literal('aggregation'),
  at,
  by,
  act: z.enum(['add', 'delete', 'reject']),
  parent: EpcHex.describe('of an SSCC'),
  children: z.array(EpcHex).min(1).max(1000),
})
export const RulePut = z.strictObject({ kind: z.literal('rule'), at, by, rule: Rule })
export const RuleRemoved = z.strictObject({ kind: z.literal('rule-removed'), at, by, rule: Identifier })
/** What a person did to an alert. */
export const AlertAct = z.strictObject({
  kind: z.literal('alert-act'),
  at,
  by,
  alert: z.string(),
  act: z.enum(['acknowledge', 'comment', 'clear', 'shelve', 'unshelve', 'assign']),
  comment: z.string().max(1000).optional(),
  until: at.optional().describe('of a shelve; without it until it next clears'),
  to: z.string().min(1).max(128).optional().describe('of an assign: whom; without it nobody'),
})
/** Alerts that are silent by plan; put again under the same id it replaces the one before. */
export const MaintenancePut = z.strictObject({ kind: z.literal('maintenance'), at, by, window: MaintenanceWindow })
/** It is over, planned or not: what still holds rings. */
export const MaintenanceEnded = z.strictObject({ kind: z.literal('maintenance-ended'), at, by, window: Identifier })
/** Somebody wants another transmit power of an antenna, for a while or until further notice. */
export const PowerAct = z.strictObject({
  kind: z.literal('power'),
  at,
  by,
  gateway: Identifier,
  reader: Identifier,
  antenna: AntennaPort,
  act: z.enum(['keep', 'try', 'back']).describe('back: the trial ends now'),
  dbm: PowerDbm.nullable().optional().describe("of keep and try; null: the gateway's own configuration holds again"),
  seconds: TrialSeconds.optional().describe('of try'),
})
/** A gateway came or went, as the broker saw it. */
export const LinkChanged = z.strictObject({
  kind: z.literal('link'),
  at,
  gateway: Identifier,
  state: z.enum(['online', 'offline']),
  hello: z
    .strictObject({
      version: z.string(),
      first: z.int(),
      next: z.int(),
      config: z.int(),
      clockSynced: z.boolean(),
      waiting: z.int().min(0).optional().describe('numbers below `next` that were not yet closed'),
    })
    .optional(),
})
/** Sequence numbers that were closed without entering history: the bytes are kept with their reason. */
export const Quarantined = z.strictObject({
  kind: z.literal('quarantine'),
  at,
  gateway: Identifier,
  epoch: z.string(),
  first: z.int(),
  last: z.int(),
  reason: z.string(),
  /** At most 32 KiB of what came, as text. */
  sample: z.string(),
})

/** A quarantined record could be read after all: it stands in the entry before this one. */
export const Replayed = z.strictObject({
  kind: z.literal('replayed'),
  at,
  by,
  gateway: Identifier,
  epoch: z.string(),
  sequence: z.int(),
  quarantinedAt: at,
  reason: z.string().describe('why it had been quarantined'),
})
/** Two senders use one identity: nothing is taken from either until somebody says which one is right. */
export const Forked = z.strictObject({
  kind: z.literal('fork'),
  at,
  gateway: Identifier,
  epoch: z.string(),
  state: z.enum(['forked', 'released']),
  reason: z.string().max(1000).describe('what proved it, or who released it'),
})
/** This process began: every link that stood before is gone; gateways that are there say so again. Of no site. */
export const Started = z.strictObject({ kind: z.literal('started'), at })
/** A projection has stood still for some time, or goes on again; of no site. */
export const ProjectionTrouble = z.strictObject({
  kind: z.literal('projection'),
  at,
  projection: Identifier,
  state: z.enum(['stuck', 'going']),
  reason: z.string().max(1000).optional(),
})

/** A site has as many series as it may, or room for more again. */
export const SeriesBudget = z.strictObject({ kind: z.literal('series-budget'), at, state: z.enum(['full', 'room']) })

export const OwnRecord = z.discriminatedUnion('kind', [
  Tick,
  MapPublished,
  ItemsImported,
  HomesImported,
  ShipmentAnnounced,
  ShipmentEnded,
  ShipmentScanned,
  Counted,
  Aggregated,
  RulePut,
  RuleRemoved,
  AlertAct,
  MaintenancePut,
  MaintenanceEnded,
  PowerAct,
  LinkChanged,
  Started,
  Quarantined,
  Replayed,
  Forked,
  ProjectionTrouble,
  SeriesBudget,
])
export type OwnRecord = z.infer<typeof OwnRecord>
export type OwnRecordKind = OwnRecord['kind']

export function isOwnKind<K extends OwnRecordKind>(
  record: { readonly kind: string },
  kind: K,
): record is Extract<OwnRecord, { kind: K }> {
  return record.kind === kind
}
