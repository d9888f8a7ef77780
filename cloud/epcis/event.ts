import { createHash } from 'node:crypto'
import { gtin14Of } from '../../shared/epc/check-digit.ts'
import { describeEpc } from '../../shared/epc/describe.ts'
import type { AggregationEvent, ObjectEvent } from '../../shared/epcis.ts'
import type { Movement, MovementPlace, Told } from '../inventory/movements.ts'
import { zoneOffset } from './zone-offset.ts'

/**
 * What the ledger and the facts of packing say, as events of EPCIS 2.0. Depends on nothing but its arguments: the same
 * fact is the same event, with the same eventID, whenever it is asked for.
 */
export function eventOf(told: Told, site: string, timeZone: string): ObjectEvent | AggregationEvent {
  if (told.is === 'packing') return aggregationEvent(told, site, timeZone)
  if (told.is === 'count') return countEvent(told, site, timeZone)
  const { movement, error } = told
  const event = objectEvent(movement, site, timeZone)
  if (error === null) return event
  const correctiveEventIDs = error.corrective.map((one) => objectEvent(one, site, timeZone).eventID)
  return {
    ...event,
    errorDeclaration: {
      declarationTime: iso(error.declaredAt),
      reason: correctiveEventIDs.length === 0 ? 'did_not_occur' : 'incorrect_data',
      ...(correctiveEventIDs.length > 0 && { correctiveEventIDs }),
    },
  }
}

/** Digital Link where the EPC has one, else its pure identity, else its bits: EPCIS takes any URI. */
function epcUri(epc: string): string {
  const { digitalLink, pureIdentity, tagUri } = describeEpc(epc)
  return digitalLink ?? pureIdentity ?? tagUri
}

function objectEvent(movement: Movement, site: string, timeZone: string): ObjectEvent {
  const { at, recordedAt, epc, kind, to, readPoint, lastReadAt } = movement
  const step = stepOf(movement)
  const said = ['object', site, epc, at, kind, keyOf(to), readPoint, lastReadAt]
  return {
    type: 'ObjectEvent',
    eventID: idOf(said),
    eventTime: iso(at),
    recordTime: iso(recordedAt),
    eventTimeZoneOffset: zoneOffset(at, timeZone),
    epcList: [epcUri(epc)],
    action: 'OBSERVE',
    ...(step !== undefined && { bizStep: step }),
    disposition: to === null ? 'unknown' : to.departed ? 'in_transit' : 'in_progress',
    ...(readPoint !== null && { readPoint: { id: uriOf('read-point', site, readPoint) } }),
    ...(to !== null && !to.departed && { bizLocation: { id: locationOf(to) } }),
  }
}

/** Goods without tags: a class and a quantity in place of EPCs. */
function countEvent(told: Extract<Told, { is: 'count' }>, site: string, timeZone: string): ObjectEvent {
  const { place, sku, gtin, quantity, at, recordedAt } = told
  const gtin14 = gtin === null ? undefined : gtin14Of(gtin)
  const epcClass = gtin14 === undefined ? uriOf('sku', site, sku) : `https://id.gs1.org/01/${gtin14}`
  return {
    type: 'ObjectEvent',
    // The zone of the slot and the GTIN of the SKU are of the map of today.
    eventID: idOf(['count', site, place.slot, sku, quantity, at]),
    eventTime: iso(at),
    recordTime: iso(recordedAt),
    eventTimeZoneOffset: zoneOffset(at, timeZone),
    quantityList: [{ epcClass, quantity }],
    action: 'OBSERVE',
    bizStep: 'cycle_counting',
    disposition: 'in_progress',
    bizLocation: { id: locationOf(place) },
  }
}

/** What a silence means nobody did: it has no business step. */
function stepOf({ kind, to }: Movement): ObjectEvent['bizStep'] {
  if (kind === 'lost') return undefined
  if (kind === 'corrected') return 'other'
  if (kind === 'arrived') return 'receiving'
  if (to?.departed === true) return 'departing'
  return kind === 'scanned' && to?.slot === null ? 'picking' : 'storing'
}

function aggregationEvent(told: Extract<Told, { is: 'packing' }>, site: string, timeZone: string): AggregationEvent {
  const { at, recordedAt, parent, children, act } = told
  return {
    type: 'AggregationEvent',
    eventID: idOf(['aggregation', site, parent, at, act, ...children]),
    eventTime: iso(at),
    recordTime: iso(recordedAt),
    eventTimeZoneOffset: zoneOffset(at, timeZone),
    parentID: epcUri(parent),
    childEPCs: children.map(epcUri),
    action: act === 'add' ? 'ADD' : 'DELETE',
    bizStep: act === 'add' ? 'packing' : 'unpacking',
    disposition: 'in_progress',
    bizLocation: { id: uriOf('location', site) },
  }
}

/** Sites have no GLN: places are named by a URN of this project, as CBV 2.0 allows for identifiers of one's own. */
function locationOf({ site, zone, slot }: MovementPlace): string {
  return uriOf('location', site, ...(zone === null ? [] : [zone]), ...(slot === null ? [] : [slot]))
}

function uriOf(kind: 'location' | 'read-point' | 'sku', ...names: readonly string[]): string {
  return `urn:warepulse:${kind}:${names.map(encodeURIComponent).join(':')}`
}

function keyOf(place: MovementPlace | null): string | null {
  return place && [place.site, place.zone ?? '', place.slot ?? '', place.departed ? 'departed' : ''].join('/')
}

/** A UUID of version 8 (RFC 9562 §5.8) out of the SHA-256 of what is said. */
function idOf(said: readonly unknown[]): string {
  const hex = createHash('sha256').update(JSON.stringify(said)).digest('hex')
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16)
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
