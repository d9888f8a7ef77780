import { z } from 'zod'
import { ImportReport } from '../../../shared/api.ts'
import { Fault } from '../../../shared/fault.ts'
import type { SiteMap } from '../../../shared/site-map.ts'
import { byOf } from '../access.ts'
import { importing, reportOf } from '../import.ts'
import type { Api, HttpParts } from '../parts.ts'
import type { PublishMap } from '../publish-map.ts'
import { merged, readSkus, readSlots } from '../read-map-rows.ts'

/** Slots and SKUs of a site's map, from a spreadsheet: a new version of the map, unless all of it is there already. */
export function importMapRoutes(app: Api, { inventory }: HttpParts, publish: PublishMap): void {
  const { bodyLimit, consumes, params, querystring } = importing
  const schema = { consumes, params, querystring, body: z.string(), response: { 200: ImportReport } }
  app.post(
    '/api/v1/sites/:site/import/slots',
    {
      bodyLimit,
      schema: {
        ...schema,
        summary:
          'Import slots: text/csv with the columns slot and zone and any of x, y, width, depth (metres), level. Slots that are not named stay',
        tags: ['sites'],
      },
    },
    async (request) => {
      const map = await mapOf(request.params.site)
      return reportOf(readSlots(request.body, map), request.query.dryRun === 'true', async (rows) => {
        const slots = merged(map.slots, rows, ({ id }) => id)
        return slots === undefined
          ? null
          : publish(map.site, { ...map, version: map.version + 1, slots }, byOf(request))
      })
    },
  )
  app.post(
    '/api/v1/sites/:site/import/skus',
    {
      bodyLimit,
      schema: {
        ...schema,
        summary: 'Import SKUs: text/csv with the column sku and any of name, gtin. SKUs that are not named stay',
        tags: ['sites'],
      },
    },
    async (request) => {
      const map = await mapOf(request.params.site)
      return reportOf(readSkus(request.body, map), request.query.dryRun === 'true', async (rows) => {
        const skus = merged(map.skus, rows, ({ sku }) => sku)
        return skus === undefined ? null : publish(map.site, { ...map, version: map.version + 1, skus }, byOf(request))
      })
    },
  )

  async function mapOf(site: string): Promise<SiteMap> {
    const map = await inventory.map(site)
    if (map === undefined) throw new Fault('not-found', `There is no map of a site "${site}": publish one first.`)
    return map
  }
}
