import type { Page } from '../../../shared/api.ts'
import { ask, paged } from '../live/ask.ts'
import { askReadiness, type Readiness } from '../live/readiness.ts'
import { useStore } from '../live/store.ts'
import { GivenUpList } from '../parts/given-up.tsx'
import { Link } from '../parts/link.tsx'
import { isThere, NotThere } from '../parts/not-there.tsx'
import { useAnswer } from '../parts/use-answer.ts'
import { useMay } from '../parts/use-session.ts'
import { WideRows } from '../parts/wide-rows.tsx'

const askEveryMs = 5_000
const mostEntries = 100
/** Entries that a read model may be behind before it is worth a word. */
const usualLag = 2_000

/** For whoever runs it: is every part at work, what was given up, who did what. */
export function SystemPage() {
  const words = useStore().words.value
  const may = useMay()
  return (
    <section class="page">
      <h1>{words.system}</h1>
      <ServerParts />
      <h2>{words.givenUpTitle}</h2>
      <GivenUpList />
      {may('admin') && (
        <>
          <h2>{words.audit}</h2>
          <Audit />
        </>
      )}
      <p>
        <Link to={{ page: 'walls' }} class="button">
          {words.walls}
        </Link>{' '}
        <Link to={{ page: 'imports' }} class="button">
          {words.imports}
        </Link>{' '}
        {may('integrator') && (
          <>
            <Link to={{ page: 'setup' }} class="button">
              {words.setupHere}
            </Link>{' '}
            <Link to={{ page: 'map' }} class="button">
              {words.mapEditor}
            </Link>
          </>
        )}{' '}
        {may('supervisor') && (
          <>
            <Link to={{ page: 'rules' }} class="button">
              {words.rules}
            </Link>{' '}
            <Link to={{ page: 'notifications' }} class="button">
              {words.notifications}
            </Link>
          </>
        )}{' '}
        <a class="button" href="/docs">
          {words.apiPage}
        </a>
      </p>
    </section>
  )
}

function ServerParts() {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const { answer, again } = useAnswer<Readiness>('readyz', askReadiness, askEveryMs)
  const got = answer.value
  if (!isThere(got)) return <NotThere answer={got} again={again} />
  const { troubles, projections, journalTail } = got.value
  return (
    <>
      {troubles.length === 0 ? (
        <p class="big">{words.systemWell}</p>
      ) : (
        <ul class="troubles">
          {troubles.map((trouble) => (
            <li key={trouble} class="doubt" lang="en">
              {trouble}
            </li>
          ))}
        </ul>
      )}
      <dl class="facts wide">
        <div>
          <dt>{words.journalEntries}</dt>
          <dd>{format.number(journalTail)}</dd>
        </div>
        {projections.map(({ name, lag }) => (
          <div key={name}>
            <dt>{words.projections[name] ?? name}</dt>
            <dd>{lag <= usualLag ? words.lagNone : words.lagBehind(format.number(lag))}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}

interface AuditEntry {
  readonly number: number
  readonly at: string
  readonly who: string
  readonly from: string
  readonly act: string
  readonly subject: string
  readonly outcome: 'done' | 'refused' | 'failed'
}

function Audit() {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const { answer, again } = useAnswer<Page<AuditEntry>>(
    'audit',
    (signal) => ask(paged('/audit', { limit: mostEntries }), { signal }),
    2 * askEveryMs,
  )
  const got = answer.value
  if (!isThere(got)) return <NotThere answer={got} again={again} />
  const outcomes = { done: words.outcomeDone, refused: words.outcomeRefused, failed: words.outcomeFailed }
  if (got.value.items.length === 0) return <p class="quiet">{words.auditEmpty}</p>
  return (
    <WideRows label={words.audit}>
      <thead>
        <tr>
          <th scope="col">{words.time}</th>
          <th scope="col">{words.auditWho}</th>
          <th scope="col">{words.auditAct}</th>
          <th scope="col">{words.auditSubject}</th>
          <th scope="col">{words.auditOutcome}</th>
          <th scope="col">{words.givenUpFrom}</th>
        </tr>
      </thead>
      <tbody>
        {got.value.items.map((entry) => (
          <tr key={entry.number}>
            <td>{format.moment(Date.parse(entry.at))}</td>
            <td>{entry.who === '' ? words.auditNobody : entry.who}</td>
            <td class="mono" lang="en">
              {entry.act.replace('/api/v1', '')}
            </td>
            <td class="mono">{entry.subject}</td>
            <td>{entry.outcome === 'done' ? outcomes.done : <strong>{outcomes[entry.outcome]}</strong>}</td>
            <td class="quiet mono">{entry.from}</td>
          </tr>
        ))}
      </tbody>
    </WideRows>
  )
}
