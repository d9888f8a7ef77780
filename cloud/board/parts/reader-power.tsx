import type { Page } from '../../../shared/api.ts'
import type { ReaderPower } from '../../../shared/reader-power.ts'
import { withoutPower } from '../core/power.ts'
import { ask } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { AntennaPowerForm } from './antenna-power.tsx'
import { isThere, NotThere } from './not-there.tsx'
import { useAnswer } from './use-answer.ts'
import { useMay } from './use-session.ts'

const askEveryMs = 1_000

/** What readers send with, and by whose word; tried and kept by who may. Asks only while it is shown. */
export function ReaderPowers() {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const site = store.site.value
  const may = useMay()
  const { answer, again } = useAnswer<Page<ReaderPower>>(
    site,
    (signal) => ask(`/sites/${encodeURIComponent(site)}/power`, { signal }),
    askEveryMs,
  )
  const got = answer.value
  if (!isThere(got)) return <NotThere answer={got} again={again} />
  const { items } = got.value
  const map = store.board.value?.map
  const others = map === undefined ? [] : withoutPower(map, items)
  return (
    <>
      <p class="quiet">{words.powerIntro}</p>
      {!may('integrator') && <p class="quiet">{words.powerNeeds}</p>}
      {items.map((reader) => (
        <section key={`${reader.gateway}/${reader.reader}`} class="reader-power" aria-label={reader.reader}>
          <h3>
            <span class="mono">{reader.reader}</span> <span class="quiet mono">{reader.gateway}</span>
          </h3>
          <Away reader={reader} />
          {reader.levelsDbm.length === 0 ? (
            <p>{words.powerCannot}</p>
          ) : (
            <div class="antenna-powers">
              {reader.antennas.map((antenna) => (
                <AntennaPowerForm
                  key={antenna.antenna}
                  reader={reader}
                  antenna={antenna}
                  mayChange={may('integrator')}
                  onAsked={again}
                />
              ))}
            </div>
          )}
        </section>
      ))}
      {others.length > 0 && (
        <details>
          <summary>{words.powerOthers(format.number(others.length))}</summary>
          <p class="mono">{others.join(', ')}</p>
        </details>
      )}
    </>
  )
}

/** What is told below is as it was, and what is asked for does not arrive now. */
function Away({ reader: { link, state, saidAt } }: { readonly reader: ReaderPower }) {
  const store = useStore()
  const words = store.words.value
  if (link === 'online' && state !== 'down') return null
  const age = store.format.value.age(store.now.value - Date.parse(saidAt))
  return <p class="status offline">{link === 'online' ? words.powerReaderAway : words.powerGatewayAway(age)}</p>
}
