import { z } from 'zod'
import { ImportReport } from '../../../shared/api.ts'
import { byOf } from '../access.ts'
import { isSameShipment } from '../check-shipment.ts'
import { flawed, type TableRead } from '../csv-table.ts'
import { importing, reportOf } from '../import.ts'
import type { Api, HttpParts } from '../parts.ts'
import { readShipments, type ShipmentRow, shipmentsOf } from '../read-shipments.ts'
import { mostOpenShipments } from './shipments.ts'

/** Shipments that are expected to come in or to go out, from a spreadsheet: a row for each line. */
export function importShipmentRoutes(app: Api, { goods, inventory, journal, clock }: HttpParts): void {
  const { bodyLimit, consumes, params, querystring } = importing
  app.post(
    '/api/v1/sites/:site/import/shipments',
    {
      bodyLimit,
      schema: {
        summary:
          'Import expected shipments: text/csv with the columns shipment, direction (in or out) and any of gate, dueAt, ' +
          'sku, quantity, epc, sscc, parent; each row names one tag, one logistic unit, or so many of a SKU; with sscc a tag or ' +
          'a SKU is on that unit, and parent is the unit that a logistic unit stands on',
        tags: ['shipments'],
        consumes,
        params,
        querystring,
        body: z.string(),
        response: { 200: ImportReport },
      },
    },
    async (request) => {
      const { site } = request.params
      const at = clock.now()
      const by = byOf(request)
      const read = await withoutEnded(site, readShipments(request.body, await inventory.map(site)))
      return reportOf(read, request.query.dryRun === 'true', (rows) =>
        journal.appendOwn(
          site,
          shipmentsOf(rows).map((shipment) => ({ kind: 'shipment', at, by, shipment })),
        ),
      )
    },
  )

  /** What was said before, word for word, of a shipment that has ended may be said again; it changes nothing. */
  async function withoutEnded(site: string, read: TableRead<ShipmentRow>): Promise<TableRead<ShipmentRow>> {
    const told = shipmentsOf(read.values)
    const known = await goods.announced(
      site,
      told.map(({ shipment }) => shipment),
    )
    const byNumber = new Map(known.map((one) => [one.shipment.shipment, one]))
    const refused = told.flatMap((shipment) => {
      const before = byNumber.get(shipment.shipment)
      return before?.ended === true && !isSameShipment(before.shipment, shipment) ? [shipment.shipment] : []
    })
    const fresh = told.length - known.length
    const tooMany = fresh > 0 && (await goods.openShipments(site)) + fresh > mostOpenShipments
    return {
      rows: read.rows,
      values: tooMany ? [] : read.values.filter(({ head }) => !refused.includes(head.shipment)),
      errors: [
        ...read.errors,
        ...refused.map((shipment) => ({
          path: `shipment ${shipment}`,
          ...flawed({ code: 'shipment-ended' }),
        })),
        ...(tooMany ? [{ path: 'shipment', ...flawed({ code: 'too-many-shipments', most: mostOpenShipments }) }] : []),
      ],
    }
  }
}
