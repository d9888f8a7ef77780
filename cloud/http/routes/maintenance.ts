import { z } from 'zod'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { MaintenanceWindow } from '../../../shared/maintenance.ts'
import { accepted, acceptedBy } from '../accepted.ts'
import { byOf } from '../access.ts'
import { pageOf } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'

const tags = ['alerts']
const params = z.strictObject({ site: Identifier, id: Identifier })
const most = 1000

/** When alerts are silent by plan, and what is out of service. */
export function maintenanceRoutes(app: Api, { alerts, journal, clock }: HttpParts): void {
  app.get(
    '/api/v1/sites/:site/maintenance',
    {
      schema: {
        summary: 'Maintenance windows that are not over; without an end: out of service',
        tags,
        params: z.strictObject({ site: Identifier }),
        response: { 200: pageOf(MaintenanceWindow) },
      },
    },
    async ({ params: { site } }) => ({
      items: (await alerts.maintenance()).filter((window) => window.site === site),
      next: null,
    }),
  )
  app.put(
    '/api/v1/sites/:site/maintenance/:id',
    {
      schema: {
        summary: 'Plan or change a window: its alerts are listed and do not ring',
        tags,
        params,
        body: MaintenanceWindow.omit({ id: true, site: true }),
        response: { 202: accepted },
      },
    },
    async (request, reply) => {
      const window: MaintenanceWindow = { ...request.params, ...request.body }
      const now = clock.now()
      if (window.to !== undefined && window.to <= Math.max(window.from, now))
        throw new Fault('bad-input', 'The window is over before it begins, or already.')
      const planned = await alerts.maintenance()
      if (planned.some(({ id, site }) => id === window.id && site !== window.site))
        throw new Fault('conflict', `The id "${window.id}" is taken.`)
      if (planned.length >= most) throw new Fault('conflict', `There are ${most} windows; end one first.`)
      const record = { kind: 'maintenance', at: now, by: byOf(request), window } as const
      return acceptedBy(reply, await journal.appendOwn(window.site, [record]))
    },
  )
  app.delete(
    '/api/v1/sites/:site/maintenance/:id',
    { schema: { summary: 'End a window: what still holds rings', tags, params, response: { 202: accepted } } },
    async (request, reply) => {
      const { site, id } = request.params
      const planned = (await alerts.maintenance()).find((window) => window.id === id)
      if (planned?.site !== site) throw new Fault('not-found', `There is no window "${id}".`)
      const record = { kind: 'maintenance-ended', at: clock.now(), by: byOf(request), window: id } as const
      return acceptedBy(reply, await journal.appendOwn(site, [record]))
    },
  )
}
