import { Fault } from '../../shared/fault.ts'
import { type SiteMap, supersedes } from '../../shared/site-map.ts'
import { starterRules } from '../alerts/starter-rules.ts'
import { checkMap } from './check-map.ts'
import type { HttpParts } from './parts.ts'
import { InputFault } from './problem.ts'

/**
 * Journals a new version of a site's map; answers its offset. Throws `bad-input` naming every place that does not fit,
 * `conflict` when a version as high is in force. A site's first map brings the starter rules with it.
 */
export type PublishMap = (site: string, map: SiteMap, by: string) => Promise<number>

export function mapPublisher({ inventory, alerts, journal, clock }: HttpParts): PublishMap {
  /** What was promised to be published: the read model knows it only a moment later. */
  const promised = new Map<string, number>()
  return async (site, map, by) => {
    const errors = [
      ...(map.site === site ? [] : [{ path: 'site', message: `the path says "${site}"` }]),
      ...checkMap(map),
    ]
    if (errors.length > 0) throw new InputFault('The map does not fit together.', errors.slice(0, 100))
    const before = promised.get(site)
    const present = Math.max((await inventory.map(site))?.version ?? 0, before ?? 0)
    if (!supersedes(map, present)) {
      throw new Fault('conflict', `Version ${present} is in force: publish a higher one than ${map.version}.`)
    }
    promised.set(site, map.version)
    try {
      const at = clock.now()
      const isNew = present === 0 && !(await alerts.rules()).some((rule) => rule.site === site)
      const rules = isNew ? starterRules(site).map((rule) => ({ kind: 'rule' as const, at, by, rule })) : []
      return await journal.appendOwn(site, [{ kind: 'map', at, by, map }, ...rules])
    } catch (thrown) {
      if (promised.get(site) === map.version) promised.set(site, before ?? 0)
      throw thrown
    }
  }
}
