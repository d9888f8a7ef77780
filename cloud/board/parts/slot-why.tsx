import type { SlotEvidence } from '../../../shared/api.ts'
import { ask } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { Link } from './link.tsx'
import { useAnswer } from './use-answer.ts'
import { useWhy } from './use-why.ts'

const everyMs = 10_000
const itemsShown = 5

/** Why the slot of the drawer is held to be as it is: the rule, what was heard, who listens, what would change it. */
export function SlotWhy() {
  const store = useStore()
  const why = useWhy()
  const words = store.words.value
  const route = store.route.value
  const slot = route.page === 'floor' ? route.slot : null
  const path = slot === null ? '' : `/sites/${store.site.value}/slots/${encodeURIComponent(slot)}/evidence`
  const { answer } = useAnswer<SlotEvidence>(path, (signal) => ask(path, { signal }), everyMs)
  const got = answer.value
  if (got === null) return <p class="quiet">{words.loading}</p>
  if (!got.ok)
    return <p class="failure">{got.status === 0 ? words.notReachableTitle : `${words.errorTitle} (${got.code})`}</p>
  const { rule, ruleCoded, wouldChange, wouldChangeCoded } = got.value
  const ruleSaid = why.said(ruleCoded, rule)
  return (
    <>
      <p lang={ruleSaid.lang}>
        <b>{ruleSaid.text}</b>
      </p>
      <Heard evidence={got.value} />
      <Readers readers={got.value.readers} />
      <h3>{words.evidenceWouldChange}</h3>
      <ul class="changes quiet">
        {why.each(wouldChangeCoded, wouldChange).map(({ text, lang }) => (
          <li key={text} lang={lang}>
            {text}
          </li>
        ))}
      </ul>
    </>
  )
}

/** What is there by what evidence, and what may be. */
function Heard({ evidence: { here, items, maybe, untagged } }: { readonly evidence: SlotEvidence }) {
  const store = useStore()
  const why = useWhy()
  const words = store.words.value
  const format = store.format.value
  const names = new Map(store.board.value?.map.skus.map(({ sku, name }) => [sku, name]))
  const zones = new Map(store.board.value?.map.zones.map(({ id, name }) => [id, name]))
  const goods = ({ epc, sku }: { readonly epc: string; readonly sku: string | null }) => (
    <>
      <Link to={{ page: 'item', epc }}>{(sku === null ? undefined : names.get(sku)) ?? sku ?? words.noSku}</Link>
      <span class="mono quiet tail">{epc.slice(-8)}</span>
    </>
  )
  const left = items - Math.min(here.length, itemsShown)
  return (
    <>
      <ul class="reasons">
        {here.slice(0, itemsShown).map((item) => {
          const { text, lang } = why.said(item.whyCoded, item.why)
          return (
            <li key={item.epc}>
              {goods(item)}
              <p lang={lang}>{text}</p>
              <p class="quiet">
                {item.heard === null
                  ? words.whyNotHeardHere(format.ago(store.now.value - Date.parse(item.lastSeenAt)))
                  : words.whyHeard(
                      item.heard.readPoint,
                      format.ago(store.now.value - Date.parse(item.heard.at)),
                      item.heard.peakRssiDbm === null
                        ? words.whyLevelUnknown
                        : `${format.number(item.heard.peakRssiDbm, 1)} dBm`,
                    )}
              </p>
            </li>
          )
        })}
        {untagged.map(({ sku, quantity, countedAt, by }) => (
          <li key={sku}>
            {names.get(sku) ?? sku}
            <p class="quiet">
              {words.whyCounted(format.number(quantity), format.time(Date.parse(countedAt), store.now.value), by)}
            </p>
          </li>
        ))}
      </ul>
      {left > 0 && <p class="quiet">{words.whyMore(left, format.number(left))}</p>}
      {maybe.length > 0 && (
        <>
          <h3>{words.whyMaybe}</h3>
          <ul class="reasons">
            {maybe.slice(0, itemsShown).map((item) => (
              <li key={item.epc}>
                {goods(item)}
                <p class="quiet">
                  {words.whyCountedAt(item.slot ?? zones.get(item.zone ?? '') ?? item.zone ?? words.unknown)}
                </p>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}

/** Who looks at it, and whether they are heard themselves. */
function Readers({ readers }: { readonly readers: SlotEvidence['readers'] }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const said = ({ state, since }: SlotEvidence['readers'][number]) => {
    if (since === null) return words.whyReaderNever
    if (state === 'silent') return words.whyReaderSilent(format.time(Date.parse(since), store.now.value))
    return words.whyReaderHeard(format.ago(store.now.value - Date.parse(since)))
  }
  return (
    <>
      <h3>{words.whyReaders}</h3>
      {readers.length === 0 ? (
        <p class="quiet">{words.whyNoReaders}</p>
      ) : (
        <ul class="reasons">
          {readers.map((reader) => (
            <li key={`${reader.gateway} ${reader.reader}`}>
              <span class="mono">{reader.reader}</span>{' '}
              <span class={`status ${statusOf[reader.state]}`}>{said(reader)}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** As the page of gateways marks them. */
const statusOf = { heard: 'up', silent: 'silent', never: 'never' } as const
