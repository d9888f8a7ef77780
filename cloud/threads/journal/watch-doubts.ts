import { countDoubts, type DoubtSources } from '../../goods/doubts.ts'
import type { TellBoards } from '../../push/fact.ts'

/** Two milliseconds of work in a tenth of a second: the thread has more urgent things to do. */
const atOnce = 1000
const pauseMs = 100
/** Between the end of a count and the next. */
const restMs = 2000

/** Tells boards what is in doubt on each site, counted anew without end. `stop` may be called twice. */
export function watchDoubts(
  sites: () => readonly string[],
  sources: DoubtSources,
  tell: TellBoards,
  paces = { pauseMs, restMs },
): { stop(): void } {
  let count = countDoubts(sites(), sources, atOnce)
  let timer = setTimeout(goOn, paces.pauseMs)

  function goOn(): void {
    const step = count.next()
    if (step.done === true) {
      const facts = [...step.value].map(([site, doubts]) => ({ type: 'doubts' as const, site, doubts }))
      if (facts.length > 0) tell(facts)
      count = countDoubts(sites(), sources, atOnce)
    }
    timer = setTimeout(goOn, step.done === true ? paces.restMs : paces.pauseMs)
  }
  return { stop: () => clearTimeout(timer) }
}
