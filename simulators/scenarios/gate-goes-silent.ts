import { type Stage, type Story, toggled } from './story.ts'

/** The reader of gate 3 (or of the last gate there is) stops talking while its network stays up. Again: it talks. */
export function gateGoesSilent(stage: Stage): Story {
  const { gates } = stage.plan.layout
  const gate = (gates[2] ?? gates.at(-1))?.name ?? 'gate-1'
  return toggled(
    async () => {
      stage.reader(gate)?.misbehave({ silent: true })
      return `The reader of ${gate} goes silent. The board names it above the plan; after 10 s more, alert “Reader silent”; 3 makes it speak.`
    },
    async () => {
      stage.reader(gate)?.misbehave({ silent: false })
      return `The reader of ${gate} speaks again. The line above the plan goes, and the alert clears by itself.`
    },
  )
}
