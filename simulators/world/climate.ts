import type { Random } from '../../shared/clock.ts'
import { between, normal, waitingTime } from './chance.ts'
import type { WarehousePlan } from './plan.ts'

/**
 * Air by zone: it wanders about a target and follows it with a time constant. Doors, defrosting and a dead
 * compressor change the target. The cold room warms and recovers about twenty times faster than a real one, so that
 * a story fits into a minute.
 */
export interface Climate {
  readonly zones: readonly Air[]
  /** What each sensor would say now; by sensor. */
  readonly sensors: readonly SensedAir[]
}

export interface Air {
  readonly temperatureCelsius: number
  readonly humidityPercentRh: number
  readonly compressor: 'works' | 'failed'
  readonly doorOpenUntilMs: number
  readonly nextDoorMs: number
  readonly defrostUntilMs: number
  readonly nextDefrostMs: number
}

export interface SensedAir {
  readonly temperatureCelsius: number
  readonly humidityPercentRh: number
}

interface Regime {
  readonly celsius: number
  readonly percentRh: number
  readonly timeConstantMs: number
}

const ambient: Regime = { celsius: 20.5, percentRh: 52, timeConstantMs: 600_000 }
const ambientDoorOpen: Regime = { celsius: 13, percentRh: 68, timeConstantMs: 240_000 }
const cold: Regime = { celsius: 4, percentRh: 78, timeConstantMs: 25_000 }
const coldDoorOpen: Regime = { celsius: 9, percentRh: 86, timeConstantMs: 120_000 }
const defrosting: Regime = { celsius: 7, percentRh: 84, timeConstantMs: 150_000 }
const withoutCompressor: Regime = { celsius: 24, percentRh: 88, timeConstantMs: 60_000 }

const meanDoorWaitMs = 180_000
const defrostEveryMs = 1_800_000
const defrostMs = 90_000

export function startingClimate(plan: WarehousePlan, random: Random): Climate {
  const zones = plan.layout.zones.map(({ kind }) => ({
    temperatureCelsius: kind === 'cold' ? cold.celsius : ambient.celsius + normal(random),
    humidityPercentRh: (kind === 'cold' ? cold : ambient).percentRh + normal(random) * 2,
    compressor: 'works' as const,
    doorOpenUntilMs: 0,
    nextDoorMs: waitingTime(meanDoorWaitMs, random),
    defrostUntilMs: 0,
    nextDefrostMs: kind === 'cold' ? defrostEveryMs : Number.POSITIVE_INFINITY,
  }))
  return { zones, sensors: sense(plan, zones, random) }
}

/** The air `dtMs` later; `openZones` have goods going through their gate. Steps of a second or less keep it smooth. */
export function stepClimate(
  plan: WarehousePlan,
  climate: Climate,
  span: { readonly nowMs: number; readonly dtMs: number },
  openZones: ReadonlySet<string>,
  random: Random,
): Climate {
  const zones = climate.zones.map((air, index) => {
    const zone = plan.layout.zones[index]
    const isCold = zone?.kind === 'cold'
    const opened = withOccasions(air, isCold, zone !== undefined && openZones.has(zone.id), span.nowMs, random)
    const { celsius, percentRh, timeConstantMs } = regimeOf(opened, isCold, span.nowMs)
    const share = 1 - Math.exp(-span.dtMs / timeConstantMs)
    const wander = Math.sqrt(span.dtMs / 1000) * (isCold ? 0.03 : 0.015)
    return {
      ...opened,
      temperatureCelsius:
        opened.temperatureCelsius + (celsius - opened.temperatureCelsius) * share + normal(random) * wander,
      humidityPercentRh: clamp(
        opened.humidityPercentRh + (percentRh - opened.humidityPercentRh) * share + normal(random) * wander * 5,
        15,
        89,
      ),
    }
  })
  return { zones, sensors: sense(plan, zones, random) }
}

/** The compressor of every cold zone fails, or works again. */
export function withCompressor(plan: WarehousePlan, climate: Climate, compressor: Air['compressor']): Climate {
  const zones = climate.zones.map((air, index) =>
    plan.layout.zones[index]?.kind === 'cold' ? { ...air, compressor } : air,
  )
  return { ...climate, zones }
}

function withOccasions(air: Air, isCold: boolean, gateInUse: boolean, nowMs: number, random: Random): Air {
  let { doorOpenUntilMs, nextDoorMs, defrostUntilMs, nextDefrostMs } = air
  if (isCold && nowMs >= nextDoorMs) {
    doorOpenUntilMs = nowMs + between(8_000, 25_000, random)
    nextDoorMs = doorOpenUntilMs + waitingTime(meanDoorWaitMs, random)
  }
  if (gateInUse) doorOpenUntilMs = Math.max(doorOpenUntilMs, nowMs + 5_000)
  if (nowMs >= nextDefrostMs) {
    defrostUntilMs = nowMs + defrostMs
    nextDefrostMs = nowMs + defrostEveryMs
  }
  return { ...air, doorOpenUntilMs, nextDoorMs, defrostUntilMs, nextDefrostMs }
}

function regimeOf(air: Air, isCold: boolean, nowMs: number): Regime {
  if (!isCold) return nowMs < air.doorOpenUntilMs ? ambientDoorOpen : ambient
  if (air.compressor === 'failed') return withoutCompressor
  if (nowMs < air.defrostUntilMs) return defrosting
  return nowMs < air.doorOpenUntilMs ? coldDoorOpen : cold
}

/** Every sensor has an error of its own, constant over its life, and noise. */
function sense(plan: WarehousePlan, zones: readonly Air[], random: Random): SensedAir[] {
  return plan.layout.sensors.map(({ place }, index) => {
    const air = zones[plan.layout.zones.findIndex(({ id }) => id === place.zone)]
    const ownError = (((index * 7) % 11) - 5) / 20 // −0.25 … +0.25 °C
    return {
      temperatureCelsius: (air?.temperatureCelsius ?? 20) + ownError + normal(random) * 0.05,
      humidityPercentRh: clamp((air?.humidityPercentRh ?? 50) + ownError * 4 + normal(random) * 0.3, 0, 100),
    }
  })
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}
