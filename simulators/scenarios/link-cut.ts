import { type Stage, type Story, toggled } from './story.ts'

/** The first gateway loses its link to the cloud and works on alone. Again: the link is back, the backlog drains. */
export function linkCut(stage: Stage): Story {
  const gateway = stage.plan.layout.halls[0]?.gateway ?? 'gw-north'
  return toggled(
    async () => {
      await stage.cutLink(gateway, true)
      return `The link of ${gateway} is cut; it goes on collecting. Its zones are not current, alert “Gateway silent”; 5 mends it.`
    },
    async () => {
      await stage.cutLink(gateway, false)
      return `The link of ${gateway} is back: within half a minute what it kept arrives, nothing is missing, and the alert clears by itself.`
    },
  )
}
