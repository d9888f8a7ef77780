import type { Item, ItemEvidence } from '../../../shared/api.ts'
import type { Words } from '../core/words/words.ts'
import { ask } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { useAnswer } from './use-answer.ts'
import { useWhy } from './use-why.ts'
import { WideRows } from './wide-rows.tsx'

const everyMs = 5_000
const readsShown = 12

/** What the kept evidence says of where an item is: the rule, what would change the answer, and the reads. */
export function ItemEvidenceSection({ item: { site, epc } }: { readonly item: Item }) {
  const store = useStore()
  const why = useWhy()
  const words = store.words.value
  const format = store.format.value
  const path = `/sites/${site}/items/${epc}/evidence`
  const { answer } = useAnswer<ItemEvidence>(path, (signal) => ask(path, { signal }), everyMs)
  const got = answer.value
  if (got?.ok !== true) return null // it went to another site, or nobody can be asked: the page says so
  const { state, zone, slot, rival, rule, ruleCoded, wouldChange, wouldChangeCoded, nearSlots, reads } = got.value
  const ruleSaid = why.said(ruleCoded, rule)
  const zones = store.board.value?.map.zones
  const place = (at: { readonly zone: string | null; readonly slot: string | null }) =>
    at.slot ?? zones?.find(({ id }) => id === at.zone)?.name ?? at.zone ?? words.unknown
  const here = place({ zone, slot })
  return (
    <section class="evidence" aria-labelledby="evidence">
      <h2 id="evidence">{words.evidence}</h2>
      <p>
        <b>{verdict(words, state, here, rival === null ? '' : place(rival))}</b>
      </p>
      <p class="quiet" lang={ruleSaid.lang}>
        {ruleSaid.text}
      </p>
      {nearSlots.length > 0 && (
        <p>
          {words.evidenceNear(
            nearSlots.map(({ slot, share }) => `${slot} (${format.number(100 * share)} %)`).join(', '),
          )}
        </p>
      )}
      <h3>{words.evidenceWouldChange}</h3>
      <ul class="quiet">
        {why.each(wouldChangeCoded, wouldChange).map(({ text, lang }) => (
          <li key={text} lang={lang}>
            {text}
          </li>
        ))}
      </ul>
      {reads.length > 0 && (
        <WideRows label={words.evidence}>
          <thead>
            <tr>
              <th scope="col">{words.evidenceAt}</th>
              <th scope="col">{words.evidenceBy}</th>
              <th scope="col">{words.where}</th>
              <th scope="col">{words.evidenceReads}</th>
              <th scope="col">{words.evidenceLevel}</th>
            </tr>
          </thead>
          <tbody>
            {reads.slice(0, readsShown).map((read) => (
              <tr key={`${read.at} ${read.readPoint} ${read.count} ${read.peakRssiDbm}`}>
                <td>{format.time(Date.parse(read.at), store.now.value)}</td>
                <td class="mono">{read.readPoint}</td>
                <td>{place(read)}</td>
                <td>{format.number(read.count)}</td>
                <td>{read.peakRssiDbm === null ? '–' : `${format.number(read.peakRssiDbm, 1)} dBm`}</td>
              </tr>
            ))}
          </tbody>
        </WideRows>
      )}
    </section>
  )
}

function verdict(words: Words, state: ItemEvidence['state'], here: string, rival: string): string {
  const verdicts = {
    unknown: words.unknown,
    glimpsed: words.evidenceGlimpsed(here),
    guessed: words.evidenceGuessed(here),
    present: words.evidencePresent(here),
    uncertain: words.evidenceUncertain(here, rival),
    said: words.evidenceSaid(here),
    gone: words.evidenceGone(here),
    departed: words.departed,
  }
  return verdicts[state]
}
