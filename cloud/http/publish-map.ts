import { Fault } from '../../shared/fault.ts'
import { type SiteMap, supersedes } from '../../shared/site-map.ts'
import { starterRules } from '../alerts/starter-rules.ts'
import { checkMap } from './check-map.ts'
import type { HttpParts } from './parts.ts'
import { InputFault } from './problem.ts'

/** A read model that stands still holds the answer up for a second: the map is in the journal. */
const lookEveryMs = 10
const mostLooks = 100

/**
 * Journals a new version of a site's map; answers its offset. Throws `bad-input` naming every place that does not fit,
 * `conflict` when a version as high is in force. A site's first map brings the starter rules with it.
 */
export type PublishMap = (site: string, map: SiteMap, by: string) => Promise<number>

export function mapPublisher({ inventory, alerts, journal, clock }: HttpParts): PublishMap {
  /** What was promised to be published: the read model knows it only a moment later. */
  const promised = new Map<string, number>()
  /** Whoever makes a site asks something of it in the next breath: its first map is answered when the site is known. */
  async function isKnown(site: string): Promise<void> {
    const isThere = async () => (await inventory.map(site)) !== undefined
    for (let looks = 0; looks < mostLooks && !(await isThere().catch(() => false)); looks += 1)
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
  }
  return async (site, map, by) => {
    const errors = [
      ...(map.site === site ? [] : [{ path: 'site', message: `the path says "${site}"` }]),
      ...checkMap(map),
    ]
    if (errors.length > 0) throw new InputFault('The map does not fit together.', errors.slice(0, 100))
    const before = promised.get(site)
    const present = Math.max((await inventory.map(site))?.version ?? 0, before ?? 0)
    if (!supersedes(map, present)) {
      throw new Fault(
        'conflict',
        `Version ${present} of the map is in force already, and this one is version ${map.version}. If it was changed, raise its \`version\` above ${present}.`,
      )
    }
    promised.set(site, map.version)
    try {
      const at = clock.now()
      const isNew = present === 0 && !(await alerts.rules()).some((rule) => rule.site === site)
      const rules = isNew ? starterRules(site).map((rule) => ({ kind: 'rule' as const, at, by, rule })) : []
      const offset = await journal.appendOwn(site, [{ kind: 'map', at, by, map }, ...rules])
      if (present === 0) await isKnown(site)
      return offset
    } catch (thrown) {
      if (promised.get(site) === map.version) promised.set(site, before ?? 0)
      throw thrown
    }
  }
}
