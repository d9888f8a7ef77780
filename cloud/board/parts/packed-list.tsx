import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Aggregation } from '../../../shared/aggregation.ts'
import { packedAgain, stillOn, type Taking, takenOff } from '../core/packing.ts'
import { ask, type Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { Link } from './link.tsx'
import { RefusalNotice } from './notice.tsx'
import { useMay } from './use-session.ts'

const childrenShown = 50

/** What was done last, and how to take it back; `children` null: nobody knows yet what exactly came off. */
interface Done {
  readonly said: string
  readonly taking: Taking
  readonly children: readonly string[] | null
}

/**
 * What is packed on a unit, to be taken off one by one or all at once; without a server it is told later, with its own time. Taken
 * off by mistake it is packed again.
 */
export function PackedList(props: { readonly site: string; readonly unit: Aggregation; readonly onTold: () => void }) {
  const { site, unit, onTold } = props
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const may = useMay()
  const taken = useSignal<readonly Taking[]>([])
  const done = useSignal<Done | null>(null)
  const refused = useSignal<Refusal | null>(null)
  const isAsking = useSignal(false)
  const path = `/sites/${encodeURIComponent(site)}/aggregations`
  const sscc = unit.sscc ?? unit.epc
  const children = stillOn(unit, taken.value)
  const isAllTaken = taken.value.some((act) => act.children === 'all')
  const leftOut = isAllTaken ? 0 : unit.leftOut
  const count = children.length + leftOut
  const more = Math.max(0, children.length - childrenShown) + leftOut

  /** `undefined`: refused. `null`: waits for the server. */
  const tell = async (body: object, label: string): Promise<readonly string[] | null | undefined> => {
    const answer = await ask<{ readonly children: readonly string[] }>(path, { method: 'POST', body })
    refused.value = answer.ok ? null : answer
    if (answer.ok) return answer.value.children
    if (answer.status !== 0 || !store.outbox.add({ path, body, label })) return undefined
    refused.value = null
    return null
  }
  const take = async (some: readonly Aggregation['children'][number][] | 'all') => {
    isAsking.value = false
    const off = some === 'all' ? children : some
    const at = Math.max(store.nowMs(), ...off.map(({ since }) => Date.parse(since) + 1))
    const epcs = off.map(({ epc }) => epc)
    const number = some === 'all' ? count : off.length
    const taking: Taking = { parent: unit.epc, sscc, children: some === 'all' ? 'all' : epcs, count: number, at }
    taken.value = [...taken.value, taking]
    const said = words.unpacked(number, format.number(number), epcs[0] ?? '', sscc)
    const told = await tell(takenOff(taking), said)
    if (told === undefined) {
      taken.value = taken.value.filter((one) => one !== taking)
      return
    }
    const known = told ?? (some === 'all' && leftOut > 0 ? null : epcs)
    done.value = { said: told === null ? `${said} ${words.unpackQueued}` : said, taking, children: known }
    onTold()
  }
  const packAgain = async ({ taking, children: epcs }: Done) => {
    if (epcs === null) return
    done.value = null
    const said = words.packedAgain(taking.count, format.number(taking.count), epcs[0] ?? '', sscc)
    for (let from = 0; from < epcs.length; from += mostAtOnce) {
      const told = await tell(packedAgain(taking, epcs.slice(from, from + mostAtOnce), store.nowMs()), said)
      if (told === undefined) return
    }
    taken.value = taken.value.filter((one) => one !== taking)
    store.say(said)
    onTold()
  }
  return (
    <div class="packed-list">
      {refused.value !== null && <RefusalNotice refusal={refused.value} />}
      <p role="status" class="packed-done">
        {done.value?.said}
      </p>
      {done.value !== null && done.value.children !== null && (
        <p>
          <button type="button" class="button" onClick={() => done.value !== null && void packAgain(done.value)}>
            {words.packAgain}
          </button>
        </p>
      )}
      {children.length === 0 && <p class="quiet">{words.packedNothing}</p>}
      <ul>
        {children.slice(0, childrenShown).map((child) => (
          <li key={child.epc}>
            <span>
              <Link to={{ page: 'item', epc: child.epc }} class="mono">
                {child.epc}
              </Link>
              <span class="quiet">
                {' '}
                {[child.sku, child.slot ?? child.zone].filter((one) => one !== null).join(' · ')}
              </span>
              {child.apartSince !== null && <strong class="odd"> {words.packedApart}</strong>}
            </span>
            {may('floor') && (
              <button
                type="button"
                class="button"
                aria-label={`${words.takeOff}: ${child.epc}`}
                onClick={() => void take([child])}
              >
                {words.takeOff}
              </button>
            )}
          </li>
        ))}
      </ul>
      {more > 0 && <p class="quiet">+ {format.number(more)}</p>}
      {may('floor') && count > 1 && (
        <UnpackAll
          isAsking={isAsking.value}
          count={count}
          sscc={sscc}
          onAsk={(asks) => (isAsking.value = asks)}
          onTake={() => void take('all')}
        />
      )}
    </div>
  )
}

/** The server takes so many with one word. */
const mostAtOnce = 1000

/** Asked once more, with the number in the button: it is many at once. */
function UnpackAll(props: {
  readonly isAsking: boolean
  readonly count: number
  readonly sscc: string
  readonly onAsk: (asks: boolean) => void
  readonly onTake: () => void
}) {
  const { isAsking, count, sscc, onAsk, onTake } = props
  const store = useStore()
  const words = store.words.value
  const shown = store.format.value.number(count)
  const leave = useRef<HTMLButtonElement>(null)
  // A key that is held down must not answer the question that it asked.
  useLayoutEffect(() => {
    if (isAsking) leave.current?.focus()
  }, [isAsking])
  if (!isAsking) {
    return (
      <p>
        <button type="button" class="button" onClick={() => onAsk(true)}>
          {words.unpackAll(shown)}
        </button>
      </p>
    )
  }
  return (
    <fieldset class="packed-asking">
      <legend>{words.unpackSure(shown, sscc)}</legend>
      <button type="button" class="button primary" onClick={onTake}>
        {words.unpackYes(shown)}
      </button>
      <button type="button" class="button" ref={leave} onClick={() => onAsk(false)}>
        {words.unpackNo}
      </button>
    </fieldset>
  )
}
