import type { Random } from '../../shared/clock.ts'
import type { ReaderDevice } from '../devices/device.ts'
import type { WarehousePlan } from '../world/plan.ts'
import type { Stepped, World } from '../world/world.ts'

/** What a story may do to a running simulation. */
export interface Stage {
  readonly plan: WarehousePlan
  readonly random: Random
  /** Changes the world between two of its steps; what happens thereby is told like everything else. */
  change<S extends Stepped>(act: (world: World) => S): S
  reader(id: string): ReaderDevice | undefined
  /** Cuts or mends the link of a gateway to the cloud; the host does it. */
  cutLink(gateway: string, isCut: boolean): Promise<void>
  /** Writes down what a story does, for people and for the truth journal. */
  tell(story: string, does: string): void
}

/** Begins or goes on: a story with an end toggles between both. Answers what it did, in one sentence. */
export type Story = () => Promise<string>

/** A story that is either on or off. */
export function toggled(on: () => Promise<string>, off: () => Promise<string>): Story {
  let isOn = false
  return async () => {
    const sentence = await (isOn ? off() : on())
    isOn = !isOn
    return sentence
  }
}
