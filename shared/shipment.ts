import { z } from 'zod'
import { isSscc } from './epc/check-digit.ts'
import { SkuCode } from './goods.ts'
import { EpcHex, Identifier } from './identifier.ts'

/** Shipments that are expected to come in (ASN) or to go out, and what of them has passed the gate. */

const Iso = z.iso.datetime({ offset: true })
const Digits18 = z.string().regex(/^\d{18}$/, 'must be the 18 digits of an SSCC')
/** As people and machines may tell it from now on. */
export const Sscc = Digits18.refine(isSscc, 'must be 18 digits with a right check digit')

/**
 * One tag, so many of a SKU, or one logistic unit. With `sscc` the first two are on that unit: several lines of one SSCC are
 * what it carries, as a despatch advice says. `parent`: the unit of this line stands on another one, as a case on a pallet.
 */
export const ShipmentLine = z.union([
  z.strictObject({ epc: EpcHex, sku: SkuCode.optional(), sscc: Digits18.optional() }),
  z.strictObject({ sku: SkuCode, quantity: z.int().min(1).max(1_000_000), sscc: Digits18.optional() }),
  z.strictObject({ sscc: Digits18, parent: Digits18.optional() }),
])
export type ShipmentLine = z.infer<typeof ShipmentLine>
type UnitLine = Extract<ShipmentLine, { parent?: unknown }>

/** A line that expects the logistic unit itself. */
export function isUnitLine(line: ShipmentLine): line is UnitLine {
  return !('quantity' in line) && !('epc' in line)
}

export const mostLines = 5000
/** Units on units: a box in a case on a pallet is three. */
export const mostLevels = 4

/** As it stands in the journal, where check digits were not always asked for. */
export const ExpectedShipment = z.strictObject({
  shipment: Identifier.describe('its number, as on the papers'),
  direction: z.enum(['in', 'out']),
  gate: Identifier.optional().describe('read point, reader or zone of the gate, as on the map; without it any gate'),
  dueAt: Iso.optional(),
  lines: z.array(ShipmentLine).min(1).max(mostLines),
})
export type ExpectedShipment = z.infer<typeof ExpectedShipment>

// Of the line that was recognised: as part of the union a wrong digit would be told as "Invalid input", without its place.
const CheckedLine = ShipmentLine.superRefine((line, context) => {
  for (const [key, unit] of Object.entries({ sscc: line.sscc, parent: 'parent' in line ? line.parent : undefined })) {
    const message = Sscc.optional().safeParse(unit).error?.issues[0]?.message
    if (message !== undefined) context.addIssue({ code: 'custom', path: [key], message })
  }
})
/** As it may be announced: a wrong check digit is a typing error, and no such unit ever passes. */
export const AnnouncedShipment = ExpectedShipment.extend({ lines: z.array(CheckedLine).min(1).max(mostLines) })

const Count = z.int().min(0)
const counts = {
  expected: Count,
  seen: Count.describe('that passed; expected − short + over'),
  byPallet: Count.describe(
    'of `seen`: nobody read them, the logistic unit that they are on passed; the others were read',
  ),
  short: Count.describe('expected, and not there yet'),
  over: Count.describe('more than expected, or of a SKU that is not'),
  unknown: Count.describe('tags whose SKU nobody knows, and which are not expected by themselves'),
}

export const ShipmentSummary = z.object({
  site: Identifier,
  shipment: Identifier,
  direction: z.enum(['in', 'out']),
  gate: Identifier.nullable(),
  dueAt: z.iso.datetime().nullable(),
  state: z.enum(['expected', 'underway', 'closed', 'cancelled']).describe('underway: something of it has passed'),
  ...counts,
  announcedAt: z.iso.datetime(),
  firstAt: z.iso.datetime().nullable().describe('when the first of it passed'),
  lastAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
})
export type ShipmentSummary = z.infer<typeof ShipmentSummary>

export const ShipmentLineRow = z.object({
  sku: z.string().nullable(),
  epc: EpcHex.nullable().describe('of a line for one tag'),
  sscc: z
    .string()
    .nullable()
    .describe('of a line for one logistic unit; with a SKU or an EPC: of the unit that it is on'),
  parent: z.string().nullable().describe('SSCC of the unit that the unit of this line stands on'),
  expected: Count,
  seen: Count,
  byPallet: Count,
  short: Count,
  over: Count,
})
export type ShipmentLineRow = z.infer<typeof ShipmentLineRow>

export const ShipmentDetail = ShipmentSummary.extend({
  lines: z.array(ShipmentLineRow).readonly().describe('as announced; then SKUs that nobody announced'),
  unknownEpcs: z.array(z.string()).readonly().describe('the first 100'),
})
export type ShipmentDetail = z.infer<typeof ShipmentDetail>

/**
 * What a code is to a shipment as it is scanned for it. new: it was not counted before. again: it was, by a scan or at a gate.
 * not-announced: no line expects it. unusable: it names no one object.
 */
export type ScanStanding = 'new' | 'again' | 'not-announced' | 'unusable'

/** What went out, and no open shipment expected it. */
export const WithoutOrderRow = z.object({
  epc: z.string(),
  sku: z.string().nullable(),
  at: z.iso.datetime(),
  readPoint: Identifier,
  shipment: Identifier.nullable().describe(
    'the open shipment of that gate that has it as too much; null: there was none',
  ),
})
export type WithoutOrderRow = z.infer<typeof WithoutOrderRow>

export function isEnded({ state }: Pick<ShipmentSummary, 'state'>): boolean {
  return state === 'closed' || state === 'cancelled'
}
