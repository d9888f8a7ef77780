import { useComputed } from '@preact/signals'
import { troubleLines } from '../core/say.ts'
import { useStore } from '../live/store.ts'

/** The three causes of old data, each in its own words: our link, a gateway, a reader. */
export function Banner() {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const liveness = store.liveness.value
  const lines = useComputed(() => {
    const [board, plan, trust] = [store.board.value, store.plan.value, store.trust.value]
    return board === null || plan === null || trust === null
      ? []
      : troubleLines(board, plan, trust, store.words.value, store.format.value, store.now.value)
  })
  const lastAt = store.now.value - (liveness.state === 'lost' ? liveness.ageMs : 0)
  return (
    <>
      {liveness.state === 'lost' && (
        <div class="banner lost">
          <strong>
            {liveness.cause === 'behind'
              ? words.lostBehind(format.clock(lastAt))
              : words.lostBanner(format.clock(lastAt), format.age(liveness.ageMs))}
          </strong>{' '}
          {liveness.long && words.lostLong(format.number(store.attempt.value))}
        </div>
      )}
      {lines.value.length > 0 && (
        <div class="banner">
          {lines.value.slice(0, 3).map((line) => (
            <div key={line}>{line}</div>
          ))}
        </div>
      )}
    </>
  )
}
