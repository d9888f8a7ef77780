import { useSignal } from '@preact/signals'
import type { PackedUnit } from '../../../shared/aggregation.ts'
import { askAll } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { useAggregation } from './item-aggregation.tsx'
import { Link } from './link.tsx'
import { isThere, NotThere } from './not-there.tsx'
import { PackedList } from './packed-list.tsx'
import { useAnswer } from './use-answer.ts'

const mostUnits = 100
const askEveryMs = 15_000

/** Pallets with something on them; each shows what, when it is opened. */
export function PackedUnits({ site }: { readonly site: string }) {
  const words = useStore().words.value
  const open = useSignal<ReadonlyMap<string, PackedUnit>>(new Map())
  const { answer, again } = useAnswer<PackedUnit[]>(
    `${site} units`,
    (signal) => askAll(`/sites/${encodeURIComponent(site)}/aggregations`, {}, mostUnits, signal),
    askEveryMs,
  )
  const got = answer.value
  if (!isThere(got)) return <NotThere answer={got} again={again} />
  // What is open stays, emptied or not: what was done to it can be taken back there.
  const empty = [...open.value.values()].filter(({ epc }) => !got.value.some((unit) => unit.epc === epc))
  const units = [...got.value, ...empty.map((unit) => ({ ...unit, children: 0 }))]
  if (units.length === 0) return <p class="quiet">{words.packedUnitsNone}</p>
  return (
    <ul class="packed-units" aria-label={words.packedUnits}>
      {units.map((unit) => (
        <Unit
          key={unit.epc}
          site={site}
          unit={unit}
          isOpen={open.value.has(unit.epc)}
          onTold={again}
          onOpen={(isOpen) => {
            const next = new Map(open.value)
            if (isOpen) next.set(unit.epc, unit)
            else next.delete(unit.epc)
            open.value = next
          }}
        />
      ))}
    </ul>
  )
}

function Unit(props: {
  readonly site: string
  readonly unit: PackedUnit
  readonly isOpen: boolean
  readonly onTold: () => void
  readonly onOpen: (isOpen: boolean) => void
}) {
  const { site, unit, isOpen, onTold, onOpen } = props
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const { epc, sscc, slot, zone, children, since } = unit
  const place = slot ?? store.board.value?.map.zones.find(({ id }) => id === zone)?.name ?? zone ?? words.onSiteNoSlot
  return (
    <li>
      <p>
        <Link to={{ page: 'item', epc }} class="mono">
          {sscc}
        </Link>{' '}
        <span class="quiet">
          {place} · {words.itemsCount(children, format.number(children))} ·{' '}
          {format.time(Date.parse(since), store.now.value)}
        </span>
      </p>
      <button
        type="button"
        class="button"
        aria-expanded={isOpen}
        aria-label={`${words.packedShow}: ${sscc}`}
        onClick={() => onOpen(!isOpen)}
      >
        {words.packedShow}
      </button>
      {isOpen && <OnUnit site={site} epc={epc} onTold={onTold} />}
    </li>
  )
}

function OnUnit(props: { readonly site: string; readonly epc: string; readonly onTold: () => void }) {
  const { site, epc, onTold } = props
  const { answer, again } = useAggregation(site, epc)
  const got = answer.value
  if (!isThere(got)) return <NotThere answer={got} again={again} />
  return (
    <PackedList
      site={site}
      unit={got.value}
      onTold={() => {
        again()
        onTold()
      }}
    />
  )
}
