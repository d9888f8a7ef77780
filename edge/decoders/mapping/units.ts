import type { Quantity } from '../../../shared/quantity.ts'

/** Our value = theirs × scale + offset. */
export interface Conversion {
  readonly scale: number
  readonly offset: number
}

/** Units that devices tell a quantity in, beside the one that it is kept in (shared/quantity.ts). */
export const units = {
  fahrenheit: { of: 'temperature', scale: 5 / 9, offset: (-32 * 5) / 9 },
  kelvin: { of: 'temperature', scale: 1, offset: -273.15 },
  pascal: { of: 'pressure', scale: 0.01, offset: 0 },
  kilopascal: { of: 'pressure', scale: 10, offset: 0 },
  bar: { of: 'pressure', scale: 1000, offset: 0 },
  mmHg: { of: 'pressure', scale: 1.333_223_874_15, offset: 0 },
  inHg: { of: 'pressure', scale: 33.863_886_4, offset: 0 },
  volt: { of: 'batteryMillivolts', scale: 1000, offset: 0 },
  fraction: { of: 'humidity', scale: 100, offset: 0 },
} as const satisfies Record<string, Conversion & { readonly of: Quantity }>

export type UnitName = keyof typeof units
export const unitNames = Object.keys(units) as [UnitName, ...UnitName[]]
