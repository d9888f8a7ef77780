import type { Page } from '../../../shared/api.ts'
import type { ExpectedRow, MisplacedRow } from '../../../shared/goods.ts'
import { type Answer, ask, askAll, paged } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { GoodsPlaces } from '../parts/goods-places.tsx'
import { Link } from '../parts/link.tsx'
import { isThere, NotThere } from '../parts/not-there.tsx'
import { PackedUnits } from '../parts/packed-units.tsx'
import { PackingProposals } from '../parts/packing-proposals.tsx'
import { useAnswer } from '../parts/use-answer.ts'
import { WideRows } from '../parts/wide-rows.tsx'

const mostRows = 300
const askEveryMs = 15_000

/** What should lie where, against what is seen there. */
export function GoodsPage() {
  const store = useStore()
  const words = store.words.value
  const site = store.site.value
  if (site === '') return <section class="page" aria-busy="true" />
  return (
    <section class="page">
      <GoodsPlaces />
      <h1>{words.shouldBe}</h1>
      <AgainstExpected site={site} />
      <h2>{words.packing}</h2>
      <PackingProposals site={site} />
      <h2>{words.packedUnits}</h2>
      <PackedUnits site={site} />
    </section>
  )
}

/** Where nobody has said what belongs where, nothing is wrong and nothing is right: no all-clear. */
function AgainstExpected({ site }: { readonly site: string }) {
  const words = useStore().words.value
  const { answer, again } = useAnswer<Page<ExpectedRow>>(
    `${site} expected`,
    (signal) => ask(paged(`/sites/${encodeURIComponent(site)}/expected`, { limit: 1 }), { signal }),
    askEveryMs,
  )
  const got = answer.value
  if (!isThere(got)) return <NotThere answer={got} again={again} />
  if (got.value.items.length === 0) {
    return (
      <>
        <p class="big">{words.shouldBeUnsaid}</p>
        <p class="quiet">
          {words.shouldBeUnsaidHint} <Link to={{ page: 'imports' }}>{words.imports}</Link>
        </p>
      </>
    )
  }
  return (
    <>
      <h2>{words.misplaced}</h2>
      <Misplaced site={site} />
      <h2>{words.differing}</h2>
      <Differing site={site} />
    </>
  )
}

function Misplaced({ site }: { readonly site: string }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const { answer, again } = useAnswer<MisplacedRow[]>(
    `${site} misplaced`,
    (signal) => misplacedOn(site, signal),
    askEveryMs,
  )
  const got = answer.value
  if (!isThere(got)) return <NotThere answer={got} again={again} />
  if (got.value.length === 0) return <p class="quiet">{words.misplacedNone}</p>
  return (
    <WideRows label={words.misplaced}>
      <thead>
        <tr>
          <th scope="col">{words.sku}</th>
          <th scope="col">{words.misplacedLies}</th>
          <th scope="col">{words.misplacedBelongs}</th>
          <th scope="col">{words.since}</th>
          <th scope="col">EPC</th>
        </tr>
      </thead>
      <tbody>
        {got.value.map((row) => (
          <tr key={row.epc}>
            <td>
              <SkuName sku={row.sku} />
            </td>
            <td>
              <SlotLink slot={row.slot} />
              {!row.certain && <span class="sub">{words.misplacedPerhaps}</span>}
            </td>
            <td>
              {row.homes.map((slot, index) => (
                <span key={slot}>
                  {index > 0 && ', '}
                  <SlotLink slot={slot} />
                </span>
              ))}
            </td>
            <td>{format.time(Date.parse(row.since), store.now.value)}</td>
            <td>
              <Link to={{ page: 'item', epc: row.epc }} class="mono">
                {row.epc}
              </Link>
            </td>
          </tr>
        ))}
      </tbody>
    </WideRows>
  )
}

/** What is certain first, so that doubts crowd nothing out. */
async function misplacedOn(site: string, signal: AbortSignal): Promise<Answer<MisplacedRow[]>> {
  const path = `/sites/${encodeURIComponent(site)}/misplaced`
  const certain = await askAll<MisplacedRow>(path, {}, mostRows, signal)
  if (!certain.ok) return certain
  const all = await askAll<MisplacedRow>(path, { doubtful: 'true' }, mostRows, signal)
  return all.ok ? { ok: true, value: [...certain.value, ...all.value.filter((row) => !row.certain)] } : all
}

function Differing({ site }: { readonly site: string }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const { answer, again } = useAnswer<ExpectedRow[]>(
    `${site} differing`,
    (signal) => askAll(`/sites/${encodeURIComponent(site)}/expected`, { differing: 'true' }, mostRows, signal),
    askEveryMs,
  )
  const got = answer.value
  if (!isThere(got)) return <NotThere answer={got} again={again} />
  if (got.value.length === 0) return <p class="quiet">{words.differingNone}</p>
  return (
    <WideRows label={words.differing}>
      <thead>
        <tr>
          <th scope="col">{words.slot}</th>
          <th scope="col">{words.sku}</th>
          <th scope="col" class="number">
            {words.shipmentExpected}
          </th>
          <th scope="col" class="number">
            {words.shipmentSeen}
          </th>
          <th scope="col">{words.shipmentDifference}</th>
          <th scope="col">{words.lastEvidence}</th>
        </tr>
      </thead>
      <tbody>
        {got.value.map((row) => (
          <tr key={`${row.slot} ${row.sku}`}>
            <td>
              <SlotLink slot={row.slot} />
            </td>
            <td>{row.sku === null ? <span class="quiet">{words.noSku}</span> : <SkuName sku={row.sku} />}</td>
            <td class="number">{format.number(row.expected)}</td>
            <td class="number">{format.number(row.seen)}</td>
            <td>
              {row.missing > 0 && words.differingMissing(format.number(row.missing))}
              {row.unexpected > 0 && words.shipmentLineOver(format.number(row.unexpected))}
              {row.state === 'unknown' && <span class="sub">{words.differingUnheard}</span>}
            </td>
            <td>{row.asOf === null ? words.never : format.ago(store.now.value - Date.parse(row.asOf))}</td>
          </tr>
        ))}
      </tbody>
    </WideRows>
  )
}

function SkuName({ sku }: { readonly sku: string }) {
  const name = useStore().board.value?.map.skus.find((one) => one.sku === sku)?.name
  return (
    <>
      <span class="strong">{name ?? sku}</span>
      {name !== undefined && <span class="sub mono">{sku}</span>}
    </>
  )
}

function SlotLink({ slot }: { readonly slot: string }) {
  return (
    <Link to={{ page: 'floor', slot }} class="mono">
      {slot}
    </Link>
  )
}
