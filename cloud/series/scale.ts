import { isQuantity, type Quantity } from '../../shared/quantity.ts'
import { partsOfRollUpField } from './tiers.ts'

/**
 * Decimals with which a quantity is kept as an integer in InfluxDB: finer than any sensor is right. The number is part
 * of the field's name (`temperature_e3`), and so for life. Those that are not named here are kept in thousandths.
 */
const decimals: Partial<Record<Quantity, number>> = {
  humidity: 4, // RuuviTag: 0.0025 %
  batteryMillivolts: 0,
  linkQuality: 0,
}
const usualDecimals = 3

/** How a number is written where integers are shorter than floats. */
export interface NumberForm {
  /** Of the integer: value × factor. */
  readonly scaledName: string
  readonly factor: number
}

const forms = new Map<string, NumberForm | undefined>()
/** Beyond it an integer would not be exact. */
const largest = Number.MAX_SAFE_INTEGER
/** Names that sensors make up themselves must not fill the memory. */
const mostForms = 10_000

/** The integer form of a field of `condition` or of its roll-ups; undefined: always a float. */
export function formOf(field: string): NumberForm | undefined {
  if (forms.has(field)) return forms.get(field)
  const form = newFormOf(field)
  if (forms.size < mostForms) forms.set(field, form)
  return form
}

function newFormOf(field: string): NumberForm | undefined {
  const { quantity, part } = partsOfRollUpField(field)
  if (!isQuantity(quantity) || part === 'kinetic') return undefined
  const exponent = part === 'count' || part === 'lastMs' ? 0 : (decimals[quantity] ?? usualDecimals)
  return { scaledName: `${field}_e${exponent}`, factor: 10 ** exponent }
}

/** The value as an integer in this form; undefined: that would not give back the same value. */
export function scaled(value: number, { factor }: NumberForm): number | undefined {
  const integer = Math.round(value * factor)
  return integer / factor === value && Math.abs(integer) <= largest ? integer : undefined
}

/** The field and its factor, where this is the name of an integer. */
export function fieldOfScaled(name: string): { readonly field: string; readonly factor: number } | undefined {
  const match = /^(.+)_e(\d)$/.exec(name)
  return match === null ? undefined : { field: match[1] ?? '', factor: 10 ** Number(match[2]) }
}
