import { articleOf } from '../../shared/epc/article.ts'
import type { LocationProfile } from '../../shared/location-profile.ts'
import type { Places } from '../location/place.ts'
import { defaultProfile, everywhere, openProfiles, type Profile, type Profiles } from '../location/profile.ts'
import type { TrackedItem } from './item.ts'
import type { SiteState } from './site-state.ts'

const noneNamed: ReadonlySet<LocationProfile> = new Set()

/** Which profile of the maps holds for an item at a place: by its zone, and by the article that its tag names. */
export interface ItemProfiles {
  of(item: TrackedItem): Profiles
  /** A map is different: everything is asked anew. */
  renew(): void
}

export function openItemProfiles(
  places: Places,
  sites: ReadonlyMap<string, SiteState>,
  items: readonly TrackedItem[],
): ItemProfiles {
  /** As JSON, so that one profile is one object. */
  const interned = new Map<string, Profile>()
  /** Articles of the SKUs that a profile of any site names; those that the same ones name share theirs. */
  let byArticle = new Map<number, Profiles>()
  let ofOthers = everywhere(defaultProfile)

  function profileOf(id: number, naming: ReadonlySet<LocationProfile>): Profile {
    const place = places.byId(id)
    let profile = defaultProfile
    for (const one of sites.get(place?.site ?? '')?.index?.map.profiles ?? []) {
      if (one.zones !== undefined && !one.zones.includes(place?.zone ?? '')) continue
      if (one.skus !== undefined && !naming.has(one)) continue
      profile = { ...profile, ...(one.settings as Partial<Profile>) }
    }
    if (profile === defaultProfile) return profile
    const key = JSON.stringify(profile)
    const known = interned.get(key) ?? profile
    interned.set(key, known)
    return known
  }

  return {
    of(item) {
      if (byArticle.size === 0) return ofOthers
      item.profiles ??= byArticle.get(articleOf(item.epc) ?? -1) ?? ofOthers
      return item.profiles
    },
    renew() {
      const had = byArticle.size > 0
      const isDefault = [...sites.values()].every(({ index }) => (index?.map.profiles ?? []).length === 0)
      ofOthers = isDefault ? everywhere(defaultProfile) : openProfiles((place) => profileOf(place, noneNamed))
      const naming = new Map<number, LocationProfile[]>()
      const numbers = new Map<LocationProfile, number>()
      for (const { index } of sites.values()) {
        for (const one of index?.map.profiles ?? []) {
          numbers.set(one, numbers.size)
          for (const [article, sku] of one.skus === undefined ? [] : (index?.skuByArticle ?? [])) {
            if (one.skus?.includes(sku) === true) naming.set(article, [...(naming.get(article) ?? []), one])
          }
        }
      }
      const shared = new Map<string, Profiles>()
      byArticle = new Map()
      for (const [article, named] of naming) {
        const key = named.map((one) => numbers.get(one)).join()
        const set = new Set(named)
        const profiles = shared.get(key) ?? openProfiles((place) => profileOf(place, set))
        shared.set(key, profiles)
        byArticle.set(article, profiles)
      }
      if (had || byArticle.size > 0) for (const item of items) item.profiles = undefined
    },
  }
}
