/**
 * What is kept of the values of one quantity in one span of time. Values are added in order of time, so that adding one
 * after the other and computing anew give the very same numbers.
 */
export interface Summary {
  /** 0: nothing was measured, and the other numbers mean nothing. */
  count: number
  min: number
  max: number
  sum: number
  /** By event time. */
  last: number
  lastAt: number
  /** Sum of `kineticOf` each value; 0 for quantities that are no temperature. */
  kinetic: number
}

export function noSummary(): Summary {
  return { count: 0, min: 0, max: 0, sum: 0, last: 0, lastAt: 0, kinetic: 0 }
}

/** Adds a value that is later than all before it. */
export function addValue(summary: Summary, at: number, value: number, isTemperature: boolean): void {
  if (summary.count === 0) {
    summary.min = value
    summary.max = value
    summary.sum = 0
    summary.kinetic = 0
  } else if (value < summary.min) summary.min = value
  else if (value > summary.max) summary.max = value
  summary.count += 1
  summary.sum += value
  summary.last = value
  summary.lastAt = at
  if (isTemperature) summary.kinetic += kineticOf(value)
}

/** Adds what is known of another span, or of another gateway that told of the same one. */
export function addSummary(summary: Summary, more: Summary): void {
  if (more.count === 0) return
  if (summary.count === 0) {
    Object.assign(summary, more)
    return
  }
  summary.count += more.count
  summary.min = Math.min(summary.min, more.min)
  summary.max = Math.max(summary.max, more.max)
  summary.sum = tidy(summary.sum + more.sum)
  summary.kinetic += more.kinetic
  if (more.lastAt >= summary.lastAt) {
    summary.last = more.last
    summary.lastAt = more.lastAt
  }
}

/** The summary as it is kept: its sum without the dust of binary fractions (0.1 + 0.2 is 0.3). */
export function tidied(summary: Summary): Summary {
  return { ...summary, sum: tidy(summary.sum) }
}

const grid = 10_000

export function tidy(sum: number): number {
  const near = Math.round(sum * grid) / grid
  return Math.abs(near - sum) <= 1e-11 * Math.max(1, Math.abs(sum)) ? near + 0 : sum // no −0
}

/**
 * Activation energy over the gas constant, kelvin: 83.144 kJ/mol, as ICH Q1A and USP <1079.2> use it for what is
 * stored at room temperature or cooled.
 */
const activationKelvin = 10_000
const zeroCelsius = 273.15

/** How fast goods age at a temperature, as a multiple of 0 °C. Its mean over time gives the mean kinetic temperature. */
export function kineticOf(celsius: number): number {
  const kelvin = celsius + zeroCelsius
  return kelvin <= 0 ? 0 : Math.exp(activationKelvin * (1 / zeroCelsius - 1 / kelvin))
}

/** The steady temperature at which goods would have aged as much (USP <1079.2>); °C. */
export function meanKineticCelsius(meanKinetic: number): number {
  return 1 / (1 / zeroCelsius - Math.log(meanKinetic) / activationKelvin) - zeroCelsius
}
