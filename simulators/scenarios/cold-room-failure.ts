import { compressorFails, compressorWorks } from '../world/acts.ts'
import { type Stage, type Story, toggled } from './story.ts'

/** The compressor of the cold room fails: past the limit in about a quarter of a minute. Again: it is repaired. */
export function coldRoomFailure(stage: Stage): Story {
  return toggled(
    async () => {
      stage.change((world) => ({ world: compressorFails(stage.plan, world), events: [] }))
      return 'The compressor of the cold room fails.'
    },
    async () => {
      stage.change((world) => ({ world: compressorWorks(stage.plan, world), events: [] }))
      return 'The compressor of the cold room works again.'
    },
  )
}
