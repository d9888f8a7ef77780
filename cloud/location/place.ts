/** Where an item can be said to be. Interned by `Places`, so that two places are equal exactly when they are identical. */
export interface Place {
  /** Small, dense, for life; names the place on disk. */
  readonly id: number
  readonly site: string
  /** null: on the site, zone not known. */
  readonly zone: string | null
  /** null: slot not known. */
  readonly slot: string | null
  /** Left through a gate; zone and slot are null. */
  readonly departed: boolean
  /** Orders places where nothing else does; unique. */
  readonly key: string
  /** Equal for all places of one zone. */
  readonly zoneKey: string
}

/** All places that were ever spoken of. */
export interface Places {
  of(site: string, zone: string | null, slot: string | null): Place
  departed(site: string): Place
  readonly count: number
  byId(id: number): Place | undefined
  /** In the order of their ids, from `firstId`. */
  from(firstId: number): readonly Place[]
}

/** Ids begin at 1. `known` are the places of before, in the order of their ids. */
export function openPlaces(known: readonly Pick<Place, 'site' | 'zone' | 'slot' | 'departed'>[] = []): Places {
  const all: Place[] = []
  const byKey = new Map<string, Place>()
  const intern = (site: string, zone: string | null, slot: string | null, departed: boolean): Place => {
    // Identifiers hold no '/', and '!' sorts before all that they may begin with.
    const zoneKey = departed ? `${site}/!` : `${site}/${zone ?? ''}`
    const key = `${zoneKey}/${slot ?? ''}`
    const existing = byKey.get(key)
    if (existing !== undefined) return existing
    const place: Place = { id: all.length + 1, site, zone, slot, departed, key, zoneKey }
    all.push(place)
    byKey.set(key, place)
    return place
  }
  for (const place of known) intern(place.site, place.zone, place.slot, place.departed)
  return {
    of: (site, zone, slot) => intern(site, zone, slot, false),
    departed: (site) => intern(site, null, null, true),
    get count() {
      return all.length
    },
    byId: (id) => all[id - 1],
    from: (firstId) => all.slice(firstId - 1),
  }
}
