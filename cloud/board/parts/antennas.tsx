import { useComputed } from '@preact/signals'
import { rssiBins } from '../../../shared/rssi-bins.ts'
import type { Hearing, PointHearing } from '../../../shared/tuning.ts'
import { type Advice, type TunedPoint, tuned } from '../core/tuning.ts'
import { ask } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { Link } from './link.tsx'
import { isThere, NotThere } from './not-there.tsx'
import { useAnswer } from './use-answer.ts'
import { WideRows } from './wide-rows.tsx'

const askEveryMs = 2_000
const mostOverlaps = 12

/** What antennas hear just now, and what somebody who sets them up might do. Asks only while it is shown. */
export function Antennas() {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const site = store.site.value
  const { answer, again } = useAnswer<Hearing>(
    site,
    (signal) => ask(`/sites/${encodeURIComponent(site)}/hearing`, { signal }),
    askEveryMs,
  )
  const points = useComputed(() => {
    const map = store.board.value?.map
    return answer.value?.ok === true && map !== undefined ? tuned(map, answer.value.value) : []
  })
  const got = answer.value
  if (!isThere(got)) return <NotThere answer={got} again={again} />
  const { overlaps } = got.value
  return (
    <>
      <p class="quiet">{words.tuningIntro(format.number(Math.round(got.value.seconds)))}</p>
      {points.value.length === 0 ? (
        <p>{words.tuningNone}</p>
      ) : (
        <WideRows label={words.tuning} class="antennas">
          <thead>
            <tr>
              <th scope="col">{words.tuningPoint}</th>
              <th scope="col" class="number">
                {words.tuningReads}
              </th>
              <th scope="col" class="number">
                {words.tuningTags}
              </th>
              <th scope="col" class="number">
                {words.tuningOnlyHere}
              </th>
              <th scope="col" class="number">
                {words.tuningElsewhere}
              </th>
              <th scope="col">{words.tuningStrength}</th>
              <th scope="col">{words.tuningAdvice}</th>
              <th scope="col">{words.tuningLatest}</th>
            </tr>
          </thead>
          <tbody>
            {points.value.map((point) => (
              <Antenna key={point.key} point={point} />
            ))}
          </tbody>
        </WideRows>
      )}
      <h3>{words.tuningOverlaps}</h3>
      {overlaps.length === 0 ? (
        <p class="quiet">{words.tuningNoOverlaps}</p>
      ) : (
        <WideRows label={words.tuningOverlaps}>
          <thead>
            <tr>
              <th scope="col">{words.tuningPoint}</th>
              <th scope="col">{words.tuningPoint}</th>
              <th scope="col" class="number">
                {words.tuningShared}
              </th>
            </tr>
          </thead>
          <tbody>
            {overlaps.slice(0, mostOverlaps).map(({ one, other, tags }) => (
              <tr key={`${one} ${other}`}>
                <td class="mono">{one}</td>
                <td class="mono">{other}</td>
                <td class="number">{format.number(tags)}</td>
              </tr>
            ))}
          </tbody>
        </WideRows>
      )}
    </>
  )
}

function Antenna({ point: { key, heard, advice } }: { readonly point: TunedPoint }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const count = (value: number | undefined) => (value === undefined ? '–' : format.number(value))
  return (
    <tr>
      <th scope="row" class="mono">
        {key}
      </th>
      <td class="number">{count(heard?.readsPerSecond)}</td>
      <td class="number">{count(heard?.tags)}</td>
      <td class="number">{count(heard?.onlyHere)}</td>
      <td class="number">{count(heard === null ? undefined : heard.tags - heard.onlyHere)}</td>
      <td>{heard === null ? '–' : <Strength heard={heard} />}</td>
      <td>{advice.does === 'fine' || advice.does === 'wait' ? said() : <strong>{said()}</strong>}</td>
      <td>
        {heard === null || heard.latest.length === 0 ? (
          <span class="quiet">{words.tuningNoTags}</span>
        ) : (
          <details>
            <summary>{format.number(heard.latest.length)}</summary>
            <ul class="tag-list">
              {heard.latest.map(({ epc, readsPerSecond, peakRssiDbm }) => (
                <li key={epc}>
                  <Link to={{ page: 'item', epc }} class="mono">
                    {epc}
                  </Link>{' '}
                  <span class="quiet">
                    {format.number(readsPerSecond)}/s
                    {peakRssiDbm === null ? '' : ` · ${format.number(peakRssiDbm)} dBm`}
                  </span>
                </li>
              ))}
            </ul>
          </details>
        )}
      </td>
    </tr>
  )

  function said(): string {
    return adviceText(advice)
  }
  function adviceText(one: Advice): string {
    switch (one.does) {
      case 'fine':
        return words.tuningFine
      case 'wait':
        return words.tuningWait
      case 'look':
        return words.tuningLook
      case 'unmapped':
        return words.tuningUnmapped
      case 'more-power':
        return words.tuningMorePower
      case 'less-power':
        return words.tuningLessPower(one.other, `${format.number(Math.round(100 * Math.min(1, one.share)))} %`)
      case 'apart':
        return words.tuningApart(one.other, `${format.number(Math.round(100 * Math.min(1, one.share)))} %`)
    }
  }
}

const barWidth = 6
const barHeight = 24

/** From weak on the left to strong on the right; the words say the middle. */
function Strength({ heard }: { readonly heard: PointHearing }) {
  const store = useStore()
  const words = store.words.value
  if (heard.medianRssiDbm === null) return <span class="quiet">{words.tuningNoStrength}</span>
  const most = Math.max(1, ...heard.rssi)
  return (
    <>
      <svg class="strengths" width={rssiBins.length * barWidth} height={barHeight} aria-hidden="true" focusable="false">
        {heard.rssi.map((count, bin) => {
          const height = count === 0 ? 1 : Math.max(2, (barHeight * count) / most)
          return (
            <rect key={rssiBins[bin]} x={bin * barWidth} y={barHeight - height} width={barWidth - 1} height={height} />
          )
        })}
      </svg>{' '}
      <span class="nowrap">{words.tuningMedian(store.format.value.number(Math.round(heard.medianRssiDbm)))}</span>
    </>
  )
}
