import { z } from 'zod'
import { EpcHex, Identifier } from './identifier.ts'
import { LocationProfile } from './location-profile.ts'
import { OperatorAreas } from './operator-area.ts'
import { mostReferenceTags } from './reference-tags.ts'

/**
 * One site on paper: what is where, and which antenna or sensor speaks for it. Versioned in the cloud and journalled;
 * a new version replaces the old one whole. Lengths in metres; the plan's origin is its top left corner, x to the
 * right, y down.
 */

const Metres = z.number().min(-100_000).max(100_000)
const Label = z.string().min(1).max(128)

export const Zone = z.strictObject({
  id: Identifier,
  name: Label,
  kind: z.enum(['storage', 'cold', 'dock', 'staging', 'yard']).default('storage'),
  x: Metres,
  y: Metres,
  width: Metres,
  depth: Metres,
})
export type Zone = z.infer<typeof Zone>

export const Slot = z.strictObject({
  id: Identifier.describe('slot code, as printed on the rack'),
  zone: Identifier,
  x: Metres,
  y: Metres,
  width: Metres,
  depth: Metres,
  level: z.int().min(0).max(99).default(0).describe('0 = floor'),
  referenceTags: z
    .array(EpcHex)
    .max(mostReferenceTags)
    .optional()
    .describe(
      'EPCs of tags that are fixed to the slot, which tell how a tag there is heard by the antennas of the zone',
    ),
})
export type Slot = z.infer<typeof Slot>

export const ReadPoint = z.strictObject({
  id: Identifier.describe('as the gateway names it: `<device>.<antenna>` unless its configuration says otherwise'),
  gateway: Identifier,
  device: Identifier.describe('the reader behind it'),
  kind: z.enum(['slot', 'zone', 'gate']).describe('what a read here says about where the item is'),
  zone: Identifier,
  slots: z.array(Identifier).default([]).describe('slots covered; exactly one makes a read resolve to that slot'),
  side: z.enum(['inside', 'outside']).optional().describe('of a gate'),
  x: Metres,
  y: Metres,
})
export type ReadPoint = z.infer<typeof ReadPoint>

/** A light barrier in the door of a gate, wired to an input of a reader. */
export const Beam = z.strictObject({
  gateway: Identifier,
  device: Identifier.describe('the reader that it is wired to'),
  input: z.int().min(1).max(255).describe('of the reader, as its source names it'),
  zone: Identifier.describe('of the gate'),
  side: z.enum(['inside', 'outside']).describe('which of the two: what comes in cuts the outer one first'),
  brokenAt: z.enum(['high', 'low']).default('high').describe('level of the input while its light is cut'),
})
export type Beam = z.infer<typeof Beam>

export const SensorPlace = z.strictObject({
  id: Identifier,
  name: Label,
  gateway: Identifier,
  zone: Identifier,
  x: Metres,
  y: Metres,
  limits: z
    .record(z.string(), z.strictObject({ low: z.number().optional(), high: z.number().optional() }))
    .default({})
    .describe('permitted range by quantity; drawn as a band'),
})
export type SensorPlace = z.infer<typeof SensorPlace>

export const Sku = z.strictObject({ sku: z.string().min(1).max(64), name: Label, gtin: z.string().optional() })
export type Sku = z.infer<typeof Sku>

export const SiteMap = z.strictObject({
  version: z.int().min(1),
  site: Identifier,
  name: Label,
  timeZone: z.string().min(1).describe('IANA name, e.g. Europe/Amsterdam'),
  width: Metres,
  depth: Metres,
  zones: z.array(Zone),
  slots: z.array(Slot),
  readPoints: z.array(ReadPoint),
  sensors: z.array(SensorPlace),
  beams: z.array(Beam).optional().describe('light barriers of gates that have antennas on one side only'),
  skus: z.array(Sku).default([]),
  profiles: z
    .array(LocationProfile)
    .max(100)
    .optional()
    .describe('where, and of which goods, antennas are believed otherwise than by default'),
  areas: OperatorAreas.optional().describe('operator areas: zones that one operator answers for'),
})
export type SiteMap = z.infer<typeof SiteMap>

/**
 * Whether a map takes the place of the one in force: only a greater version does. Of two with one version the first in
 * the journal stays, for everybody who reads it.
 */
export function supersedes(map: { readonly version: number }, inForce: number | undefined): boolean {
  return inForce === undefined || map.version > inForce
}
