import { compressorFails, compressorWorks } from '../world/acts.ts'
import { type Stage, type Story, toggled } from './story.ts'

/** The compressor of the cold room fails: past the limit in about a quarter of a minute. Again: it is repaired. */
export function coldRoomFailure(stage: Stage): Story {
  return toggled(
    async () => {
      stage.change((world) => ({ world: compressorFails(stage.plan, world), events: [] }))
      return 'The compressor of the cold room fails. In half a minute its sensors are above 8 °C: alert “Cold room too warm”; 2 repairs it.'
    },
    async () => {
      stage.change((world) => ({ world: compressorWorks(stage.plan, world), events: [] }))
      return 'The compressor of the cold room works again. Below 6 °C the alert clears by itself.'
    },
  )
}
