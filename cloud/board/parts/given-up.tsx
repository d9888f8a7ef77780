import type { GapRow, Page } from '../../../shared/api.ts'
import { type Answer, ask, paged } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { RefusalNotice } from './notice.tsx'
import { useAnswer } from './use-answer.ts'
import { WideRows } from './wide-rows.tsx'

const mostGaps = 200

interface GivenUp {
  readonly rows: readonly GapRow[]
  /** There are older ones that are not shown. */
  readonly more: boolean
}

/** What is missing in history or stock for good, as a count that opens the list. */
export function GivenUpList() {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const site = store.site.value
  const { answer, again } = useAnswer<GivenUp>(site, (signal) => givenUpAt(site, signal), 30_000)
  const got = answer.value
  if (got === null) return null
  if (!got.ok) return <RefusalNotice refusal={got} onRetry={again} />
  const { rows, more } = got.value
  if (rows.length === 0) return <p class="quiet">{words.nothingGivenUp}</p>
  const count = format.number(rows.reduce((sum, row) => sum + row.count, 0))
  return (
    <details class="given-up">
      <summary>
        <span class="status down">{words.givenUp(more ? `${count}+` : count)}</span>
      </summary>
      <p class="quiet">{words.givenUpHint}</p>
      <WideRows label={words.givenUp(more ? `${count}+` : count)}>
        <thead>
          <tr>
            <th scope="col">{words.givenUpWhen}</th>
            <th scope="col">{words.givenUpFrom}</th>
            <th scope="col">{words.givenUpCount}</th>
            <th scope="col">{words.givenUpKind}</th>
            <th scope="col">{words.givenUpWhy}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={`${row.recordedAt}${row.gateway}${index}`}>
              <td>{spanOf(row)}</td>
              <td class="mono">{row.gateway ?? words.theServer}</td>
              <td class="number">{format.number(row.count)}</td>
              <td>{kindOf(row)}</td>
              <td class="quiet" lang="en">
                {row.reason}
              </td>
            </tr>
          ))}
        </tbody>
      </WideRows>
    </details>
  )

  function spanOf({ from, to }: GapRow): string {
    const [first, last] = [format.moment(Date.parse(from)), format.moment(Date.parse(to))]
    return first === last ? first : `${first} – ${last}`
  }

  function kindOf(row: GapRow): string {
    if (row.class === 'set-aside') return words.classSetAside
    return row.class === 'quarantine' ? words.classQuarantine : row.class
  }
}

/** What no gateway can tell any more, and what is in the journal and could not be used. */
async function givenUpAt(site: string, signal: AbortSignal): Promise<Answer<GivenUp>> {
  const path = `/sites/${encodeURIComponent(site)}`
  const [gaps, setAside] = await Promise.all([
    ask<Page<GapRow>>(paged(`${path}/gaps`, { limit: mostGaps }), { signal }),
    ask<Page<GapRow>>(`${path}/set-aside`, { signal }),
  ])
  if (!gaps.ok) return gaps
  if (!setAside.ok) return setAside
  const rows = [...setAside.value.items, ...gaps.value.items].sort((a, b) => (a.recordedAt < b.recordedAt ? 1 : -1))
  return { ok: true, value: { rows, more: gaps.value.next !== null } }
}
