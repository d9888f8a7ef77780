import { coldRoomFailure } from './cold-room-failure.ts'
import { gateGoesSilent } from './gate-goes-silent.ts'
import { inboundTruck } from './inbound-truck.ts'
import { linkCut } from './link-cut.ts'
import { misplacedPallet } from './misplaced-pallet.ts'
import type { Stage, Story } from './story.ts'

/** Every story that can be told, in the order in which the demo offers them. */
export const storyNames = [
  'inbound-truck',
  'cold-room-failure',
  'gate-goes-silent',
  'misplaced-pallet',
  'link-cut',
] as const
export type StoryName = (typeof storyNames)[number]

/** What a story does is told each time. */
export function stories(stage: Stage): Readonly<Record<StoryName, Story>> {
  const told = (name: StoryName, story: Story): Story => {
    return async () => {
      const does = await story()
      stage.tell(name, does)
      return does
    }
  }
  return {
    'inbound-truck': told('inbound-truck', inboundTruck(stage)),
    'cold-room-failure': told('cold-room-failure', coldRoomFailure(stage)),
    'gate-goes-silent': told('gate-goes-silent', gateGoesSilent(stage)),
    'misplaced-pallet': told('misplaced-pallet', misplacedPallet(stage)),
    'link-cut': told('link-cut', linkCut(stage)),
  }
}
