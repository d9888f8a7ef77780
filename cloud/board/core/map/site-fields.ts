import type { SiteMap } from '../../../../shared/site-map.ts'

/** What a map says of the site as a whole. Its code is not among them: another code is another site. */
export const siteFields = ['name', 'timeZone', 'width', 'depth'] as const
export type SiteField = (typeof siteFields)[number]

export function withSiteField<F extends SiteField>(map: SiteMap, field: F, value: SiteMap[F]): SiteMap {
  return map[field] === value ? map : { ...map, [field]: value }
}
