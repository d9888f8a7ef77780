import { z } from 'zod'
import { OperatorArea } from './operator-area.ts'
import { Beam, ReadPoint, SensorPlace, SiteMap, Slot, Zone } from './site-map.ts'

/** What may still be wrong in a draft: empty, used twice, no identifier. */
const Text = z.string().max(128)

/** A map that somebody is at work on: of the same form, but its names need not be right yet. */
export const DraftMap = SiteMap.extend({
  name: Text,
  timeZone: Text,
  zones: z.array(Zone.extend({ id: Text, name: Text })),
  areas: z.array(OperatorArea.extend({ zones: z.array(Text) })).optional(),
  slots: z.array(Slot.extend({ id: Text, zone: Text })).max(100_000),
  readPoints: z.array(
    ReadPoint.extend({ id: Text, gateway: Text, device: Text, zone: Text, slots: z.array(Text).default([]) }),
  ),
  beams: z.array(Beam.extend({ gateway: Text, device: Text, zone: Text })).optional(),
  sensors: z.array(SensorPlace.extend({ id: Text, name: Text, gateway: Text, zone: Text })),
})

/** The draft of a site, as it was last saved. One for each site: whoever edits, edits the same. */
export const MapDraft = z.object({
  revision: z.int().min(1).describe('rises with every save'),
  base: z.int().min(0).describe('version of the map that it began from; 0: from nothing'),
  by: z.string().describe('who saved it'),
  at: z.iso.datetime(),
  map: DraftMap,
})
export type MapDraft = z.infer<typeof MapDraft>

/** What the editor begins with. */
export const MapDraftAnswer = z.object({
  inForce: z.int().min(0).describe('version of the map in force; 0: there is none'),
  draft: MapDraft.nullable(),
})
export type MapDraftAnswer = z.infer<typeof MapDraftAnswer>
