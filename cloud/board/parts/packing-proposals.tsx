import { useSignal } from '@preact/signals'
import type { ProposedAggregation } from '../../../shared/aggregation.ts'
import { ask, askAll, type Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { Link } from './link.tsx'
import { isThere, NotThere } from './not-there.tsx'
import { RefusalNotice } from './notice.tsx'
import { useAnswer } from './use-answer.ts'
import { WideRows } from './wide-rows.tsx'

const mostRows = 300
const askEveryMs = 15_000

/** A pair that moves together again after it was answered is another question. */
const keyOf = ({ parent, child, lastAt }: ProposedAggregation) => `${parent} ${child} ${lastAt}`

/** What moved with a pallet again and again: somebody says whether it is packed on it. */
export function PackingProposals({ site }: { readonly site: string }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const path = `/sites/${encodeURIComponent(site)}/aggregations`
  const answered = useSignal<ReadonlySet<string>>(new Set())
  const refused = useSignal<Refusal | null>(null)
  const { answer, again } = useAnswer<ProposedAggregation[]>(
    `${site} proposed`,
    (signal) => askAll(`${path}/proposed`, {}, mostRows, signal),
    askEveryMs,
  )
  const say = async (proposal: ProposedAggregation, act: 'add' | 'reject') => {
    const { parent, child } = proposal
    answered.value = new Set(answered.value).add(keyOf(proposal))
    const told = await ask(path, { method: 'POST', body: { parent, children: [child], act } })
    refused.value = told.ok ? null : told
    if (told.ok) return store.say(words.packingTold(child, act))
    const left = new Set(answered.value)
    left.delete(keyOf(proposal))
    answered.value = left
  }
  const got = answer.value
  if (!isThere(got)) return <NotThere answer={got} again={again} />
  const open = got.value.filter((proposal) => !answered.value.has(keyOf(proposal)))
  return (
    <>
      {refused.value !== null && <RefusalNotice refusal={refused.value} />}
      {open.length === 0 ? (
        <p class="quiet">{words.packingNone}</p>
      ) : (
        <>
          <p class="quiet">{words.packingHint}</p>
          <WideRows label={words.packing}>
            <thead>
              <tr>
                <th scope="col">EPC</th>
                <th scope="col">{words.shipmentUnit}</th>
                <th scope="col" class="number">
                  {words.packingTogether}
                </th>
                <th scope="col">{words.packingAnswer}</th>
              </tr>
            </thead>
            <tbody>
              {open.map((proposal) => {
                const { parent, child, sscc, sku, together, lastAt } = proposal
                return (
                  <tr key={keyOf(proposal)}>
                    <td>
                      <Link to={{ page: 'item', epc: child }} class="mono">
                        {child}
                      </Link>
                      {sku !== null && <span class="sub">{sku}</span>}
                    </td>
                    <td>
                      <Link to={{ page: 'item', epc: parent }} class="mono">
                        {sscc}
                      </Link>
                    </td>
                    <td class="number">
                      {format.number(together)}
                      <span class="sub">{format.time(Date.parse(lastAt), store.now.value)}</span>
                    </td>
                    <td>
                      <div class="desk-actions">
                        {(['add', 'reject'] as const).map((act) => (
                          <button
                            key={act}
                            type="button"
                            class="button"
                            aria-label={`${words.packingActs[act]}: ${child}, ${sscc}`}
                            onClick={() => void say(proposal, act)}
                          >
                            {words.packingActs[act]}
                          </button>
                        ))}
                      </div>
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </WideRows>
        </>
      )}
    </>
  )
}
