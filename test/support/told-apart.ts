import type { MadeRun } from '../../bench/gate/runs.ts'
import { judgeRun } from '../../edge/gate/judge.ts'

/** How the shipped weights tell what moved from what stood, over many made runs; each a share, 0 to 1. */
export function toldApart(runs: readonly MadeRun[]) {
  const counts = { moved: 0, found: 0, right: 0, stood: 0, left: 0 }
  for (const { suspects, truthOf } of runs) {
    for (const [epc, { decision }] of judgeRun(suspects)) {
      const truth = truthOf.get(epc)
      if (truth === 'none') {
        counts.stood += 1
        if (decision === 'none') counts.left += 1
      } else {
        counts.moved += 1
        if (decision !== 'none') counts.found += 1
        if (decision === truth) counts.right += 1
      }
    }
  }
  const { moved, found, right, stood, left } = counts
  return { found: found / moved, direction: right / found, leftAlone: left / stood }
}
