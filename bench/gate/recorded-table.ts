import { judgeRun } from '../../edge/gate/judge.ts'
import type { GateModel } from '../../edge/gate/model.ts'
import type { RecordedRun } from './recorded.ts'

export interface Confusion {
  movedSaidMoved: number
  movedSaidStill: number
  stillSaidMoved: number
  stillSaidStill: number
}

export function confusionOf({ suspects, moving }: RecordedRun, model?: GateModel): Confusion {
  const counts: Confusion = { movedSaidMoved: 0, movedSaidStill: 0, stillSaidMoved: 0, stillSaidStill: 0 }
  for (const [epc, { decision }] of judgeRun(suspects, model)) {
    const said = decision === 'none' ? 'SaidStill' : 'SaidMoved'
    counts[`${moving.has(epc) ? 'moved' : 'still'}${said}`] += 1
  }
  return counts
}

export function accuracyOf(counts: Confusion): number {
  const all = counts.movedSaidMoved + counts.movedSaidStill + counts.stillSaidMoved + counts.stillSaidStill
  return (counts.movedSaidMoved + counts.stillSaidStill) / Math.max(1, all)
}
