import type { SensorPlace } from '../../../shared/site-map.ts'
import type { Format } from '../core/format.ts'
import { conditionsOf, sensorTrust } from '../core/trust.ts'
import { quantityName, type Words } from '../core/words/words.ts'
import { useStore } from '../live/store.ts'
import { Link } from './link.tsx'
import { WideRows } from './wide-rows.tsx'

/** Latest values of all sensors, those out of range first. */
export function SensorTable({ chosen }: { readonly chosen?: string | null }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const board = store.board.value
  if (board === null) return null
  if (board.map.sensors.length === 0) return <p class="quiet">{words.noSensors}</p>
  const zones = new Map(board.map.zones.map(({ id, name }) => [id, name]))
  const rows = board.map.sensors.map((place) => ({ place, said: board.sensors.get(place.id) }))
  const isOutside = (row: (typeof rows)[number]) => (row.said?.outside.length ?? 0) > 0
  return (
    <WideRows label={words.sensors} class="sensors">
      <thead>
        <tr>
          <th scope="col">{words.sensor}</th>
          <th scope="col">{words.zone}</th>
          <th scope="col">{words.value}</th>
          <th scope="col">{words.limits}</th>
          <th scope="col">{words.lastHeard}</th>
        </tr>
      </thead>
      <tbody>
        {[...rows]
          .sort((a, b) => Number(isOutside(b)) - Number(isOutside(a)))
          .map(({ place, said }) => {
            const trust = sensorTrust(place, said, board.gateways, store.now.value)
            const quantities = conditionsOf(place, said)
            return (
              <tr key={place.id} class={`${trust === 'current' ? '' : 'old'} ${chosen === place.id ? 'chosen' : ''}`}>
                <td>
                  <Link to={{ page: 'sensors', sensor: place.id }} current={chosen === place.id}>
                    {place.name}
                  </Link>
                </td>
                <td>{zones.get(place.zone) ?? place.zone}</td>
                <td>
                  {quantities.map((quantity) => (
                    <span key={quantity} class={said?.outside.includes(quantity) ? 'reading outside' : 'reading'}>
                      <span class="unseen">{quantityName(words, quantity)} </span>
                      {format.quantity(quantity, said?.values[quantity] ?? null)}
                      {said?.outside.includes(quantity) && <span class="unseen"> {words.outOfRange}</span>}
                    </span>
                  ))}
                </td>
                <td class="quiet">
                  {quantities.map((quantity) => (
                    <span key={quantity} class="reading">
                      {limitsText(place, quantity, words, format) ?? words.noLimits}
                    </span>
                  ))}
                </td>
                <td>
                  {said === undefined ? words.sensorNever : format.ago(store.now.value - said.at)}
                  {trust !== 'current' && trust !== 'never' && <b> · {words.sensorSilent}</b>}
                </td>
              </tr>
            )
          })}
      </tbody>
    </WideRows>
  )
}

/** `null` = this quantity has no limit. */
export function limitsText(place: SensorPlace, quantity: string, words: Words, format: Format): string | null {
  const limits = place.limits[quantity]
  if (limits === undefined) return null
  const { low, high } = limits
  if (low !== undefined && high !== undefined)
    return words.limitBetween(format.limit(quantity, low), format.limit(quantity, high))
  if (low !== undefined) return words.limitAbove(format.limit(quantity, low))
  return high === undefined ? null : words.limitBelow(format.limit(quantity, high))
}
