import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import type { AlertReport as Report } from '../../../shared/api.ts'
import { areaName } from '../core/alert-floods.ts'
import { severityName } from '../core/words/words.ts'
import { ask, paged } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { isThere, NotThere } from './not-there.tsx'
import { useAnswer } from './use-answer.ts'
import { WideRows } from './wide-rows.tsx'

const spansHours = [8, 24, 168] as const
const askEveryMs = 60_000
/** What EEMUA 191 and ISA-18.2 hold to be manageable for one person: one in ten minutes, floods in under 1 % of the time. */
const mostFloodShare = 0.01
const mostPerPeriod = 1

/**
 * How well the alerts serve who must answer them: how many, how fast they were answered, which ones only cost patience. Of one
 * operator area, or of all (`''`).
 */
export function AlertReport({ area }: { readonly area: string }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const hours = useSignal<(typeof spansHours)[number]>(24)
  const site = store.site.value
  const path = `/sites/${encodeURIComponent(site)}/alerts/report`
  const { answer, again } = useAnswer<Report>(
    `${site} ${hours.value} ${area}`,
    async (signal) => {
      const to = store.now.peek()
      const from = to - hours.value * 3_600_000
      const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
      return ask(paged(path, { ...range, area: area === '' ? null : area }), { signal })
    },
    askEveryMs,
  )
  const got = answer.value
  return (
    <>
      <fieldset class="segments" aria-label={words.time}>
        {spansHours.map((span) => (
          <button key={span} type="button" aria-pressed={hours.value === span} onClick={() => (hours.value = span)}>
            {span > 48 ? words.days(format.number(span / 24)) : words.hours(format.number(span))}
          </button>
        ))}
      </fieldset>
      {isThere(got) ? <ReportBody report={got.value} /> : <NotThere answer={got} again={again} />}
    </>
  )
}

function ReportBody({ report }: { readonly report: Report }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const { rate, acknowledged, chattering, standing, offenders } = report
  const lasted = (ms: number | null) => (ms === null ? '–' : format.age(ms))
  const isBusy = rate.mean > mostPerPeriod || rate.floodShare > mostFloodShare
  const moment = (at: string) => format.moment(Date.parse(at))
  return (
    <>
      <p class="big">{report.raised === 0 ? words.reportNone : isBusy ? words.reportBusy : words.reportWell}</p>
      <dl class="facts wide">
        <Fact name={words.reportRaised}>
          {format.number(report.raised)}
          {report.raised > 0 && (
            <span class="quiet">
              {' '}
              {report.bySeverity
                .filter(({ raised }) => raised > 0)
                .map(({ severity, raised }) => `${severityName(words, severity)} ${format.number(raised)}`)
                .join(' · ')}
            </span>
          )}
        </Fact>
        <Fact name={words.reportMean}>{format.number(rate.mean, 2)}</Fact>
        <Fact name={words.reportMax}>{format.number(rate.max)}</Fact>
        <Fact name={words.reportFloods}>
          {`${format.number(rate.floodPeriods)} / ${format.number(rate.periods)} (${format.percent(rate.floodShare)})`}
        </Fact>
        <Fact name={words.reportAnswered}>
          {words.reportAnsweredIn(lasted(acknowledged.medianMs), lasted(acknowledged.p90Ms))}
        </Fact>
        <Fact name={words.reportNever}>{format.number(acknowledged.never)}</Fact>
        <Fact name={words.reportSilent}>{format.number(report.silent)}</Fact>
        <Fact name={words.reportPast}>{format.number(report.past)}</Fact>
      </dl>
      <Rows
        title={words.reportAreas}
        none={words.reportNone}
        head={[words.reportArea, words.reportRaised, words.reportMean, words.reportMax, words.reportFloods]}
        rows={report.areas.map(({ area, raised, mean, max, floodPeriods, floodShare }) => [
          areaName(store.board.value?.map, area) ?? words.noZone,
          format.number(raised),
          format.number(mean, 2),
          format.number(max),
          `${format.number(floodPeriods)} / ${format.number(rate.periods)} (${format.percent(floodShare)})`,
        ])}
      />
      <Rows
        title={words.reportOffenders}
        none={words.reportOffendersNone}
        head={[words.reportAlert, words.reportSubject, words.reportTimes, words.reportShare]}
        rows={offenders.map(({ name, subject, raised, share }) => [
          name,
          subject,
          format.number(raised),
          format.percent(share),
        ])}
      />
      <Rows
        title={words.reportChattering}
        none={words.reportChatteringNone}
        head={[words.reportAlert, words.reportSubject, words.reportTimes, words.reportWithinMinute, words.time]}
        rows={chattering.items.map(({ name, subject, rings, withinMinute, at }) => [
          name,
          subject,
          format.number(rings),
          format.number(withinMinute),
          moment(at),
        ])}
      />
      <Rows
        title={words.reportStanding}
        none={words.reportStandingNone}
        head={[words.reportAlert, words.reportSubject, words.time]}
        rows={standing.items.map(({ name, subject, raisedAt }) => [name, subject, moment(raisedAt)])}
      />
    </>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Rows({
  title,
  none,
  head,
  rows,
}: {
  readonly title: string
  readonly none: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}) {
  return (
    <>
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <p class="quiet">{none}</p>
      ) : (
        <WideRows label={title}>
          <thead>
            <tr>
              {head.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((cells) => (
              <tr key={cells.join('\n')}>
                {cells.map((cell, column) => (
                  <td key={head[column]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </WideRows>
      )}
    </>
  )
}
