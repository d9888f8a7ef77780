import { isQuantity } from '../../shared/quantity.ts'
import type { SiteMap } from '../../shared/site-map.ts'
import { isTimeZone } from '../../shared/time-zone.ts'

export interface MapError {
  readonly path: string
  readonly message: string
}

/** What a schema cannot see: names used twice, and names of things that are not on the map. */
export function checkMap(map: SiteMap): readonly MapError[] {
  const zones = new Set(map.zones.map((zone) => zone.id))
  const slots = new Set(map.slots.map((slot) => slot.id))
  const inZone = (path: string, zone: string) =>
    zones.has(zone) ? [] : [{ path, message: `there is no zone "${zone}" on this map` }]
  return [
    ...(isTimeZone(map.timeZone) ? [] : [{ path: 'timeZone', message: `"${map.timeZone}" is no IANA time zone` }]),
    ...twice(
      'zones',
      map.zones.map((zone) => zone.id),
    ),
    ...twice(
      'slots',
      map.slots.map((slot) => slot.id),
    ),
    ...twice(
      'readPoints',
      map.readPoints.map((point) => `${point.gateway}/${point.id}`),
    ),
    ...twice(
      'sensors',
      map.sensors.map((sensor) => sensor.id),
    ),
    ...twice(
      'skus',
      map.skus.map((sku) => sku.sku),
    ),
    ...checkAreas(map),
    ...checkBeams(map),
    ...checkProfiles(map),
    ...map.slots.flatMap((slot, index) => inZone(`slots.${index}.zone`, slot.zone)),
    ...fixedTwice(map.slots),
    ...map.readPoints.flatMap((point, index) => [
      ...inZone(`readPoints.${index}.zone`, point.zone),
      ...point.slots.flatMap((slot, place) =>
        slots.has(slot)
          ? []
          : [{ path: `readPoints.${index}.slots.${place}`, message: `there is no slot "${slot}" on this map` }],
      ),
      ...(point.kind === 'slot' && point.slots.length === 0
        ? [{ path: `readPoints.${index}.slots`, message: 'a read point of kind "slot" must name what it covers' }]
        : []),
    ]),
    ...map.sensors.flatMap((sensor, index) => [
      ...inZone(`sensors.${index}.zone`, sensor.zone),
      ...Object.entries(sensor.limits).flatMap(([quantity, { low, high }]) => {
        const path = `sensors.${index}.limits.${quantity}`
        if (!isQuantity(quantity)) return [{ path, message: `"${quantity}" is not a quantity that sensors can have` }]
        if (low !== undefined && high !== undefined && low > high) return [{ path, message: 'low is above high' }]
        return []
      }),
    ]),
  ]
}

/** A profile for goods that no tag can be told to be would never hold. */
function checkProfiles({ profiles = [], zones, skus }: SiteMap): readonly MapError[] {
  const onMap = new Set(zones.map(({ id }) => id))
  const gtins = new Map(skus.map(({ sku, gtin }) => [sku, gtin]))
  return profiles.flatMap((profile, index) => [
    ...(profile.zones ?? []).flatMap((zone, place) =>
      onMap.has(zone)
        ? []
        : [{ path: `profiles.${index}.zones.${place}`, message: `there is no zone "${zone}" on this map` }],
    ),
    ...(profile.skus ?? []).flatMap((sku, place) => {
      const path = `profiles.${index}.skus.${place}`
      if (!gtins.has(sku)) return [{ path, message: `there is no SKU "${sku}" on this map` }]
      return gtins.get(sku) === undefined
        ? [{ path, message: `"${sku}" has no GTIN: no tag tells that it is one` }]
        : []
    }),
  ])
}

/** An input tells of one light barrier, and a gate has one on either side. */
function checkBeams({ beams = [], zones }: SiteMap): readonly MapError[] {
  const onMap = new Set(zones.map(({ id }) => id))
  return [
    ...twice(
      'beams',
      beams.map(({ gateway, device, input }) => `${gateway}/${device}/${input}`),
    ),
    ...twice(
      'beams',
      beams.map(({ gateway, zone, side }) => `${gateway}/${zone}/${side}`),
    ),
    ...beams.flatMap(({ zone }, index) =>
      onMap.has(zone) ? [] : [{ path: `beams.${index}.zone`, message: `there is no zone "${zone}" on this map` }],
    ),
  ]
}

/** A zone is in one operator area at most, and no area is called as a zone is. */
function checkAreas({ areas = [], zones }: SiteMap): readonly MapError[] {
  const onMap = new Set(zones.map(({ id }) => id))
  const answered = new Map<string, string>()
  return [
    ...twice(
      'areas',
      areas.map(({ id }) => id),
    ),
    ...areas.flatMap(({ id, zones: named }, index) => [
      ...(onMap.has(id) ? [{ path: `areas.${index}.id`, message: `"${id}" is the id of a zone` }] : []),
      ...named.flatMap((zone, place) => {
        const path = `areas.${index}.zones.${place}`
        if (!onMap.has(zone)) return [{ path, message: `there is no zone "${zone}" on this map` }]
        const other = answered.get(zone)
        answered.set(zone, id)
        return other === undefined ? [] : [{ path, message: `"${zone}" is in the area "${other}" already` }]
      }),
    ]),
  ]
}

function twice(list: string, ids: readonly string[]): readonly MapError[] {
  const seen = new Set<string>()
  const errors: MapError[] = []
  for (const [index, id] of ids.entries()) {
    if (seen.has(id)) errors.push({ path: `${list}.${index}`, message: `"${id}" is there twice` })
    seen.add(id)
  }
  return errors
}

/** A reference tag tells of one slot. */
function fixedTwice(slots: SiteMap['slots']): readonly MapError[] {
  const seen = new Set<string>()
  const errors: MapError[] = []
  for (const [index, { referenceTags = [] }] of slots.entries()) {
    for (const [place, epc] of referenceTags.entries()) {
      const path = `slots.${index}.referenceTags.${place}`
      if (seen.has(epc)) errors.push({ path, message: `"${epc}" is there twice` })
      seen.add(epc)
    }
  }
  return errors
}
