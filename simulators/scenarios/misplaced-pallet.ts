import { misplacePallet, putBack } from '../world/acts.ts'
import { type Stage, type Story, toggled } from './story.ts'

/** A pallet of the cold room is put down in the warm hall. Again: somebody takes it back. */
export function misplacedPallet(stage: Stage): Story {
  const slotName = (slot: number) => stage.plan.layout.slots[slot]?.id ?? 'a slot'
  let pallet: { readonly from: number; readonly to: number } | undefined
  return toggled(
    async () => {
      const { found } = stage.change((world) => {
        const misplaced = misplacePallet(stage.plan, world, stage.random)
        return misplaced === undefined ? { world, events: [], found: undefined } : { ...misplaced, found: misplaced }
      })
      pallet = found
      if (found === undefined) return 'There is no pallet in the cold room that could be misplaced.'
      return `A pallet that belongs into ${slotName(found.from)} (cold room) is put down in ${slotName(found.to)}. Soon alert “In the wrong slot”, and Dock › What should be where lists it with its place; 4 takes it back.`
    },
    async () => {
      const misplaced = pallet
      if (misplaced === undefined) return 'Nothing was misplaced.'
      const back = { from: misplaced.to, to: misplaced.from }
      stage.change((world) => putBack(stage.plan, world, back, stage.random))
      return `The pallet in ${slotName(back.from)} is taken back to ${slotName(back.to)}. Each alert clears when its tag is read there: most at once, the last within minutes.`
    },
  )
}
