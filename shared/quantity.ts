/**
 * Everything a sensor can say, declared once: unit (UN/CEFACT Recommendation 20 code, as EPCIS 2.0 `uom` wants it),
 * the range outside of which a value is a broken sensor and not a condition, and the decimals worth showing.
 */
export const quantities = {
  temperature: { unit: 'CEL', symbol: '°C', plausible: [-100, 200], decimals: 1 },
  humidity: { unit: 'P1', symbol: '%', plausible: [0, 100], decimals: 1 },
  pressure: { unit: 'A97', symbol: 'hPa', plausible: [300, 1200], decimals: 1 },
  illuminance: { unit: 'LUX', symbol: 'lx', plausible: [0, 200_000], decimals: 0 },
  carbonDioxide: { unit: '59', symbol: 'ppm', plausible: [0, 40_000], decimals: 0 },
  doorOpen: { unit: 'C62', symbol: '', plausible: [0, 1], decimals: 0 },
  batteryPercent: { unit: 'P1', symbol: '%', plausible: [0, 100], decimals: 0 },
  batteryMillivolts: { unit: '2Z', symbol: 'mV', plausible: [0, 60_000], decimals: 0 },
  linkQuality: { unit: 'C62', symbol: '', plausible: [0, 255], decimals: 0 },
  signalDbm: { unit: 'DBM', symbol: 'dBm', plausible: [-150, 30], decimals: 0 },
} as const satisfies Record<string, QuantityDefinition>

export interface QuantityDefinition {
  readonly unit: string
  readonly symbol: string
  /** Inclusive. */
  readonly plausible: readonly [low: number, high: number]
  readonly decimals: number
}

export type Quantity = keyof typeof quantities

export function isQuantity(name: string): name is Quantity {
  return Object.hasOwn(quantities, name)
}

/** Can this sensor value be real? `NaN` and infinities cannot. */
export function isPlausible(quantity: Quantity, value: number): boolean {
  const [low, high] = quantities[quantity].plausible
  return value >= low && value <= high
}
