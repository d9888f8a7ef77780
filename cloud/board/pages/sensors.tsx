import { useSignal } from '@preact/signals'
import type { SeriesAnswer } from '../../../shared/api.ts'
import type { SensorPlace } from '../../../shared/site-map.ts'
import { lastExcursion, summarise } from '../core/series-columns.ts'
import { quantityName } from '../core/words/words.ts'
import { ask, paged } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { RefusalNotice } from '../parts/notice.tsx'
import { limitsText, SensorTable } from '../parts/sensor-table.tsx'
import { SeriesChart } from '../parts/series-chart.tsx'
import { useAnswer } from '../parts/use-answer.ts'
import { WideRows } from '../parts/wide-rows.tsx'

const spansMs = [900_000, 7_200_000, 28_800_000, 86_400_000] as const
/** As many points as a chart has room for. */
const pointsWanted = 240

export function SensorsPage() {
  const store = useStore()
  const words = store.words.value
  const route = store.route.value
  const chosen = route.page === 'sensors' ? route.sensor : null
  const place = store.board.value?.map.sensors.find(({ id }) => id === chosen)
  return (
    <section class="page sensors-page">
      <div class="sensors-list">
        <h1>{words.sensors}</h1>
        <SensorTable chosen={chosen} />
      </div>
      <div class="sensors-detail">
        {place === undefined ? (
          <p class="quiet hint">{words.chooseSensor}</p>
        ) : (
          <SensorDetail key={place.id} place={place} />
        )}
      </div>
    </section>
  )
}

function SensorDetail({ place }: { readonly place: SensorPlace }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const spanMs = useSignal<(typeof spansMs)[number]>(7_200_000)
  const said = store.board.value?.sensors.get(place.id)
  const quantities = [...new Set([...Object.keys(place.limits), ...Object.keys(said?.values ?? {})])]
  return (
    <>
      <header class="detail-head">
        <h2>{place.name}</h2>
        <fieldset class="segments" aria-label={words.time}>
          {spansMs.map((span) => (
            <button key={span} type="button" aria-pressed={spanMs.value === span} onClick={() => (spanMs.value = span)}>
              {format.age(span)}
            </button>
          ))}
        </fieldset>
      </header>
      {quantities.length === 0 && <p class="quiet">{words.sensorNever}</p>}
      {quantities.map((quantity) => (
        <QuantityChart key={quantity} place={place} quantity={quantity} spanMs={spanMs.value} />
      ))}
    </>
  )
}

function QuantityChart({
  place,
  quantity,
  spanMs,
}: {
  readonly place: SensorPlace
  readonly quantity: string
  readonly spanMs: number
}) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const site = store.site.value
  const everyMs = Math.max(10_000, Math.round(spanMs / pointsWanted / 10_000) * 10_000)
  const { answer, again } = useAnswer<{ readonly series: SeriesAnswer; readonly from: number; readonly to: number }>(
    `${site} ${place.id} ${quantity} ${spanMs}`,
    async (signal) => {
      const to = store.now.peek()
      const from = to - spanMs
      const query = {
        sensor: place.id,
        quantity,
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
        every: `${everyMs / 1000}s`,
      }
      const got = await ask<SeriesAnswer>(paged(`/sites/${encodeURIComponent(site)}/series`, query), { signal })
      return got.ok ? { ok: true, value: { series: got.value, from, to } } : got
    },
    15_000,
  )
  const got = answer.value
  const name = quantityName(words, quantity)
  const value = (number: number) => format.quantity(quantity, number)
  const limits = limitsText(place, quantity, words, format)
  const summary = got?.ok === true ? summarise(got.value.series.points) : null
  const beyond = got?.ok === true ? lastExcursion(got.value.series.points, place.limits[quantity] ?? {}) : null
  const clock = (ms: number) => format.time(ms, store.now.value)
  return (
    <section class="quantity">
      <h3>
        {name}
        {limits !== null && (
          <small class="quiet">
            {' '}
            {words.limits}: {limits}
          </small>
        )}
      </h3>
      {got === null && <div class="chart skeleton" aria-hidden="true" />}
      {got?.ok === false && <RefusalNotice refusal={got} onRetry={again} />}
      {got?.ok === true && summary === null && <p class="quiet">{words.chartEmpty}</p>}
      {got?.ok === true && summary !== null && (
        <>
          <p class="chart-summary">
            {words.chartSummary(name, value(summary.last), value(summary.min), value(summary.max))}
            {beyond !== null &&
              ` ${words.chartBeyond(
                beyond.side,
                format.limit(quantity, beyond.limit),
                clock(beyond.fromMs),
                beyond.untilMs === null ? null : clock(beyond.untilMs),
              )}`}
          </p>
          <SeriesChart
            points={got.value.series.points}
            from={got.value.from}
            to={got.value.to}
            gapMs={2.5 * (got.value.series.everyMs ?? everyMs)}
            limits={place.limits[quantity] ?? {}}
            format={format}
            quantity={quantity}
            label={`${place.name}, ${name}`}
          />
          <details>
            <summary>{words.chartTable}</summary>
            <WideRows label={words.chartTable}>
              <thead>
                <tr>
                  <th scope="col">{words.time}</th>
                  <th scope="col" class="number">
                    {words.minimum}
                  </th>
                  <th scope="col" class="number">
                    {words.mean}
                  </th>
                  <th scope="col" class="number">
                    {words.maximum}
                  </th>
                </tr>
              </thead>
              <tbody>
                {[...got.value.series.points].reverse().map((point) => (
                  <tr key={point.at}>
                    <td>{format.time(Date.parse(point.at), store.now.value)}</td>
                    <td class="number">{format.quantity(quantity, point.min)}</td>
                    <td class="number">{format.quantity(quantity, point.mean ?? point.last)}</td>
                    <td class="number">{format.quantity(quantity, point.max)}</td>
                  </tr>
                ))}
              </tbody>
            </WideRows>
          </details>
        </>
      )}
    </section>
  )
}
