import type { ItemEvent, ItemWithForms } from '../../../shared/api.ts'
import { type End, type TimelineStep, timelineOf } from '../core/timeline.ts'
import type { Words } from '../core/words/words.ts'
import { type Answer, ask, askAll } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { Confidence } from '../parts/confidence.tsx'
import { ItemAggregationSection } from '../parts/item-aggregation.tsx'
import { ItemEvidenceSection } from '../parts/item-evidence.tsx'
import { ItemFactsSection } from '../parts/item-facts.tsx'
import { Link } from '../parts/link.tsx'
import { Notice, RefusalNotice } from '../parts/notice.tsx'
import { useAnswer } from '../parts/use-answer.ts'
import { useWhy } from '../parts/use-why.ts'

const mostEvents = 300
const lateMs = 10_000
interface Story {
  readonly item: ItemWithForms
  readonly events: readonly ItemEvent[]
}

/** One thing with a tag: where it is, how sure that is and why, and how it came there. */
export function ItemPage() {
  const store = useStore()
  const why = useWhy()
  const words = store.words.value
  const format = store.format.value
  const route = store.route.value
  const epc = route.page === 'item' ? route.epc : ''
  const { answer, again } = useAnswer<Story>(epc, (signal) => storyOf(epc, signal), 5_000)
  const got = answer.value
  if (got === null) {
    return (
      <section class="page" aria-busy="true">
        <div class="skeleton-lines" aria-hidden="true">
          <i />
          <i />
          <i />
        </div>
      </section>
    )
  }
  if (!got.ok && got.status === 404) return <Notice title={words.itemNotFound(epc)} />
  if (!got.ok) return <RefusalNotice refusal={got} onRetry={again} />
  const { item, events } = got.value
  const map = store.board.value?.map
  const name = map?.skus.find(({ sku }) => sku === item.sku)?.name ?? item.sku ?? words.noSku
  const zone = map?.zones.find(({ id }) => id === item.zone)?.name ?? item.zone
  const whySaid = why.said(item.whyCoded, item.why)
  return (
    <section class="page item">
      <p class="crumbs">{words.item}</p>
      <h1>{name}</h1>
      <p class="mono epc">{item.epc}</p>
      {[item.forms.elementString, item.forms.pureIdentity].map(
        (form) =>
          form !== null && (
            <p key={form} class="mono epc">
              {form}
            </p>
          ),
      )}
      {item.forms.coding === 'tid' && <p class="quiet">{words.tidNoEpc}</p>}
      <dl class="facts wide">
        <div>
          <dt>{words.state}</dt>
          <dd>{stateName(item, words)}</dd>
        </div>
        <div>
          <dt>{words.where}</dt>
          <dd>
            {item.state === 'departed' ? (
              words.departed
            ) : item.slot !== null ? (
              <>
                <Link to={{ page: 'floor', slot: item.slot }} class="mono">
                  {item.slot}
                </Link>
                {zone !== null && <span class="quiet"> {zone}</span>}
              </>
            ) : (
              (zone ?? words.onSiteNoSlot)
            )}
          </dd>
        </div>
        <div>
          <dt>{words.since}</dt>
          <dd>{format.time(Date.parse(item.since), store.now.value)}</dd>
        </div>
        <div>
          <dt>{words.lastSeen}</dt>
          <dd>
            {format.ago(store.now.value - Date.parse(item.lastSeenAt))}{' '}
            <span class="quiet">{words.seenBy(item.readPoint)}</span>
          </dd>
        </div>
        <div>
          <dt>{words.confidence}</dt>
          <dd>
            <Confidence share={item.confidence} />
          </dd>
        </div>
        {item.sku !== null && (
          <div>
            <dt>{words.sku}</dt>
            <dd>
              <Link to={{ page: 'find', q: item.sku }} class="mono">
                {item.sku}
              </Link>
            </dd>
          </div>
        )}
      </dl>
      <ItemFactsSection item={item} />
      <ItemAggregationSection item={item} />
      <p class="why">
        <b>{words.why}:</b> <span lang={whySaid.lang}>{whySaid.text}</span>
      </p>
      <ItemEvidenceSection item={item} />
      <h2>{words.timeline}</h2>
      {events.length === 0 && <p class="quiet">{words.noHistory}</p>}
      <ol class="timeline">
        {timelineOf(events).map((step) => (
          <Step key={`${step.event.at} ${step.event.kind} ${step.event.recordedAt}`} step={step} />
        ))}
      </ol>
    </section>
  )
}

function Step({ step: { event, from, to } }: { readonly step: TimelineStep }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const at = Date.parse(event.at)
  const lag = Date.parse(event.recordedAt) - at
  const whySaid = useWhy().said(event.whyCoded, event.why)
  const zones = store.board.value?.map.zones
  const names = { outside: words.outside, lost: words.whereaboutsUnknown, unknown: words.unknown }
  const nameOf = (end: End) =>
    end.is === 'place' ? (zones?.find(({ id }) => id === end.id)?.name ?? end.id) : names[end.is]
  return (
    <li class={event.kind}>
      <time dateTime={event.at} title={format.moment(at)}>
        {format.time(at, store.now.value)}
      </time>
      <div>
        <b>{kindName(event.kind, words)}</b> <span class="mono">{words.fromTo(nameOf(from), nameOf(to))}</span>
        {event.readPoint !== null && <span class="quiet"> · {words.seenBy(event.readPoint)}</span>}
        {(event.late || lag > lateMs) && <span class="late"> {words.arrivedLate(format.age(lag))}</span>}
        <p class="quiet" lang={whySaid.lang}>
          {whySaid.text}
        </p>
      </div>
    </li>
  )
}

function stateName({ state, zone, slot, rival }: ItemWithForms, words: Words): string {
  if (state !== 'uncertain') return words[state]
  return words.uncertainBetween(slot ?? zone ?? words.unknown, rival?.slot ?? rival?.zone ?? words.unknown)
}

function kindName(kind: ItemEvent['kind'], words: Words): string {
  const names = {
    observed: words.kindObserved,
    arrived: words.kindArrived,
    moved: words.kindMoved,
    departed: words.kindDeparted,
    lost: words.kindLost,
    scanned: words.kindScanned,
    corrected: words.kindCorrected,
  }
  return names[kind]
}

async function storyOf(epc: string, signal: AbortSignal): Promise<Answer<Story>> {
  const at = `/items/${encodeURIComponent(epc)}`
  const item = await ask<ItemWithForms>(at, { signal })
  if (!item.ok) return item
  const events = await askAll<ItemEvent>(`${at}/history`, {}, mostEvents, signal)
  return events.ok ? { ok: true, value: { item: item.value, events: events.value } } : events
}
