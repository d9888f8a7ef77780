import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { type ReaderName, readerKey, type TagNow } from '../../../shared/board.ts'
import { tagKey, tagRows } from '../core/tag-rows.ts'
import { useStore } from '../live/store.ts'
import { Link } from './link.tsx'
import { WideRows } from './wide-rows.tsx'

/** The tags of one reader, or of all of a gateway, as they are read. Listens as long as it is shown. */
export function TagPreview({ gateway, reader }: ReaderName) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const { readers, site, now } = store
  const shown = useRef<readonly TagNow[]>([])
  const held = useSignal<{ readonly rows: readonly TagNow[]; readonly more: number } | null>(null)
  // In the same step as the drawing: tags of the reader before are not shown under this one's name.
  useLayoutEffect(() => {
    shown.current = []
    held.value = null
    return readers.listen({ gateway, reader })
  }, [site.value, gateway, reader])
  const told = readers.reads.value.get(readerKey({ gateway, reader }))
  shown.current = tagRows(shown.current, told?.tags ?? [])
  const { rows, more } = held.value ?? { rows: shown.current, more: told?.more ?? 0 }
  const name = words.readsOf(reader ?? gateway)
  if (readers.refused.value !== null) {
    return (
      <p>
        {words.readsRefused} <span class="quiet">{readers.refused.value}</span>
      </p>
    )
  }
  // Nobody is asked to hold up a tag before it would be seen.
  if (rows.length === 0) return <p class="quiet">{readers.isListening.value ? words.readsNone : words.readsBegin}</p>
  return (
    <div class="tag-preview">
      <WideRows label={name}>
        <thead>
          <tr>
            <th scope="col">EPC</th>
            <th scope="col">{words.sku}</th>
            <th scope="col">{words.readsAntenna}</th>
            <th scope="col" class="number">
              {words.tuningStrength}
            </th>
            <th scope="col" class="number">
              {words.readsCount}
            </th>
            <th scope="col">{words.readsAge}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((tag) => (
            <tr key={tagKey(tag)}>
              <td>
                <Link to={{ page: 'item', epc: tag.epc }} class="mono">
                  {tag.epc}
                </Link>
              </td>
              <td>{tag.sku ?? '–'}</td>
              <td class="nowrap">
                <span class="mono">{tag.readPoint}</span>
                {tag.antenna !== null && !tag.readPoint.endsWith(`.${tag.antenna}`) && (
                  <span class="quiet"> {format.number(tag.antenna)}</span>
                )}
              </td>
              <td class="number nowrap">
                {tag.rssiDbm === null ? (
                  <span class="quiet">{words.tuningNoStrength}</span>
                ) : (
                  `${format.number(Math.round(tag.rssiDbm))} dBm`
                )}
              </td>
              <td class="number">{format.number(tag.reads)}</td>
              <td class="nowrap">{format.ago(now.value - tag.at)}</td>
            </tr>
          ))}
        </tbody>
      </WideRows>
      <p>
        <button
          type="button"
          class="button"
          aria-pressed={held.value !== null}
          aria-label={`${words.readsHold}: ${reader ?? gateway}`}
          onClick={() => {
            held.value = held.value === null ? { rows, more } : null
          }}
        >
          {words.readsHold}
        </button>{' '}
        {more > 0 && <span class="quiet">{words.readsMore(more, format.number(more))}</span>}
      </p>
    </div>
  )
}
