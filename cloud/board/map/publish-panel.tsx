import { useComputed, useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { mapDiff } from '../core/map/diff.ts'
import { kinds } from '../core/map/edit.ts'
import type { Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { RefusalNotice } from '../parts/notice.tsx'
import { WideRows } from '../parts/wide-rows.tsx'
import { useEditor, useMapWords } from './use-editor.ts'

/** More codes than this are counted only. */
const mostNamed = 12

/** What publishing would do, and the button that does it. `onDone` gets the version. */
export function PublishPanel({
  onDone,
  onLeave,
}: {
  readonly onDone: (version: number) => void
  readonly onLeave: () => void
}) {
  const store = useStore()
  const editor = useEditor()
  const words = useMapWords()
  const format = store.format.value
  const isBusy = useSignal(false)
  const refused = useSignal<Refusal | null>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  useLayoutEffect(() => heading.current?.focus(), [])
  const diff = useComputed(() => {
    const inForce = editor.inForce.value
    return inForce === null ? null : mapDiff(inForce, editor.map.value)
  })
  const changes = diff.value
  const inForce = editor.inForce.value
  if (changes === null || inForce === null) return null
  const board = store.board.value
  const peopled = changes.of.slots.removed.flatMap((slot) => {
    const index = board?.slotIndex.get(slot)
    const items = index === undefined ? 0 : (board?.slotItems[index] ?? 0)
    return items > 0 ? [{ slot, items }] : []
  })
  const items = peopled.reduce((sum, one) => sum + one.items, 0)
  const { length: problems } = editor.problems.value
  const isStopped = problems > 0 || editor.base.value !== inForce.version || editor.saving.value.state === 'stale'
  const next = inForce.version + 1
  const publish = async () => {
    if (isBusy.value) return
    isBusy.value = true
    const answer = await editor.publish()
    isBusy.value = false
    if (typeof answer !== 'number') {
      refused.value = answer
      return
    }
    store.say(words.published(answer))
    onDone(answer)
  }
  const named = (codes: readonly string[]) =>
    codes.slice(0, mostNamed).join(', ') +
    (codes.length > mostNamed ? ` ${words.andMore(format.number(codes.length - mostNamed))}` : '')
  return (
    <section class="map-diff" aria-labelledby="map-diff-title">
      <h2 id="map-diff-title" ref={heading} tabIndex={-1}>
        {words.diffTitle}
      </h2>
      {changes.isEmpty && <p>{words.diffNone}</p>}
      {changes.site.length > 0 && (
        <ul class="site-changes">
          {changes.site.map(({ field, from, to }) => (
            <li key={field}>{words.siteChange(words.fieldNames[field], String(from), String(to))}</li>
          ))}
        </ul>
      )}
      {kinds.some((kind) => Object.values(changes.of[kind]).some((list) => list.length > 0)) && (
        <WideRows label={words.diffTitle}>
          <thead>
            <tr>
              <th scope="col" />
              <th scope="col">{words.added}</th>
              <th scope="col">{words.changed}</th>
              <th scope="col">{words.removed}</th>
            </tr>
          </thead>
          <tbody>
            {kinds
              .filter((kind) => Object.values(changes.of[kind]).some((list) => list.length > 0))
              .map((kind) => (
                <tr key={kind}>
                  <th scope="row">{words.kindNames[kind]}</th>
                  {(['added', 'changed', 'removed'] as const).map((what) => (
                    <td key={what}>
                      {changes.of[kind][what].length === 0 ? (
                        '–'
                      ) : (
                        <>
                          <strong>
                            {{ added: '+', changed: '~', removed: '−' }[what]}
                            {format.number(changes.of[kind][what].length)}
                          </strong>{' '}
                          <span class="mono codes">{named(changes.of[kind][what])}</span>
                        </>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
          </tbody>
        </WideRows>
      )}
      {changes.of.slots.removed.length > 0 && (
        <p class={items > 0 ? 'doubt' : 'quiet'}>
          {items > 0
            ? words.itemsIn(items, format.number(items), named(peopled.map(({ slot }) => slot)))
            : words.noItemsIn}
        </p>
      )}
      {problems > 0 && <p class="doubt">{words.publishBlocked(problems, format.number(problems))}</p>}
      <p class="row-acts">
        <button
          type="button"
          class="button primary"
          disabled={isBusy.value || changes.isEmpty || isStopped}
          onClick={() => void publish()}
        >
          {words.publish(next)}
        </button>
        <button type="button" class="button" onClick={onLeave}>
          {words.close}
        </button>
      </p>
      {refused.value !== null && <RefusalNotice refusal={refused.value} />}
    </section>
  )
}
