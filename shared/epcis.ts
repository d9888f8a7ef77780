import { z } from 'zod'

/**
 * EPCIS 2.0 events as JSON-LD, as far as this project tells them (GS1 EPCIS 2.0 §7.4; words of CBV 2.0 §7).
 * docs/epcis.md says which fact becomes which event.
 */

export const epcisContext = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'

const Uri = z.string().regex(/^[a-z][a-z0-9+.-]*:\S+$/i)
const Time = z.iso.datetime({ precision: 3 })
const Place = z.strictObject({ id: Uri })

/** CBV 2.0 bare words: those that are told. */
export const bizSteps = [
  'cycle_counting',
  'departing',
  'other',
  'packing',
  'picking',
  'receiving',
  'storing',
  'unpacking',
] as const
export const dispositions = ['in_progress', 'in_transit', 'unknown'] as const

const event = {
  eventID: Uri.describe('made of what the event says: the same whenever it is asked for'),
  eventTime: Time,
  recordTime: Time,
  eventTimeZoneOffset: z
    .string()
    .regex(/^[+-]\d{2}:\d{2}$/)
    .describe('of the site, at that instant'),
  errorDeclaration: z
    .strictObject({
      declarationTime: Time,
      reason: z.enum(['did_not_occur', 'incorrect_data']),
      correctiveEventIDs: z.array(Uri).readonly().optional(),
    })
    .optional()
    .describe('the earlier event with this eventID was wrong: late evidence says otherwise'),
  bizStep: z.enum(bizSteps).optional(),
  disposition: z.enum(dispositions),
  readPoint: Place.optional(),
  bizLocation: Place.optional(),
}

export const ObjectEvent = z.strictObject({
  type: z.literal('ObjectEvent'),
  ...event,
  action: z.literal('OBSERVE'),
  epcList: z.array(Uri).min(1).readonly().optional(),
  quantityList: z
    .array(z.strictObject({ epcClass: Uri, quantity: z.number().min(0) }))
    .min(1)
    .readonly()
    .optional()
    .describe('goods without tags, by count'),
})
export type ObjectEvent = z.infer<typeof ObjectEvent>

export const AggregationEvent = z.strictObject({
  type: z.literal('AggregationEvent'),
  ...event,
  action: z.enum(['ADD', 'DELETE']),
  parentID: Uri,
  childEPCs: z.array(Uri).min(1).readonly(),
})
export type AggregationEvent = z.infer<typeof AggregationEvent>

export const EpcisEvent = z.discriminatedUnion('type', [ObjectEvent, AggregationEvent])
export type EpcisEvent = z.infer<typeof EpcisEvent>

/** The answer of a query: the next page stands in the `Link` header. */
export const EpcisQueryDocument = z.strictObject({
  '@context': z.array(z.string()).readonly(),
  type: z.literal('EPCISQueryDocument'),
  schemaVersion: z.literal('2.0'),
  creationDate: Time,
  epcisBody: z.strictObject({
    queryResults: z.strictObject({
      queryName: z.literal('SimpleEventQuery'),
      resultsBody: z.strictObject({ eventList: z.array(EpcisEvent).readonly() }),
    }),
  }),
})
