import type { NotInjected } from './fault-case.ts'
import { bounds } from './oracle.ts'
import type { Result } from './run.ts'

const state = ({ held }: Result) => (held === undefined ? 'not injected' : held ? 'held' : 'BROKEN')

export function line(result: Result): string {
  const { fault, title, seconds, records, lost, duplicated, proof } = result
  const figures = `${records} records, ${lost} lost, ${duplicated} twice, ${seconds} s`
  return `${fault.padEnd(4)} ${state(result).padEnd(12)} ${title} · ${proof} · ${figures}`
}

/** The result table as text: one row a fault. */
export function table(results: readonly Result[]): string {
  const rows = [
    ['fault', 'injected', 'held', 'records', 'lost', 'twice', 'declared', 'kills', 'MB', 'fds', 'seconds', 'proof'],
    ...results.map((one) => [
      one.fault,
      one.injected ? 'yes' : 'no',
      one.held === undefined ? '–' : one.held ? 'yes' : 'NO',
      String(one.records),
      String(one.lost),
      String(one.duplicated),
      String(one.declared),
      String(one.kills),
      String(Math.round(one.peaks.rssMb)),
      String(one.peaks.descriptors),
      String(one.seconds),
      one.proof,
    ]),
  ]
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows
    .map((row) => row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  '))
    .join('\n')
}

export interface Run {
  readonly seed: number
  readonly tier: string
  readonly seconds: number
  readonly results: readonly Result[]
  readonly notInjected: readonly NotInjected[]
}

/** `docs/fault-report.md`. */
export function markdown({ seed, tier, seconds, results, notInjected }: Run): string {
  const sum = (of: (result: Result) => number) => results.reduce((all, result) => all + of(result), 0)
  const cell = (text: string) => text.replaceAll('|', '\\|')
  return `# Fault report

Written by \`npm run faults -- --tier ${tier} --seed ${seed} --report docs/fault-report.md\` in ${Math.round(seconds)} s.

${sum(({ records }) => records)} records, ${sum(({ kills }) => kills)} SIGKILLs, ${sum(({ lost }) => lost)} lost, ${sum(({ duplicated }) => duplicated)} duplicated.

MB and descriptors: the most that any process of the fault, cloud or gateway, took at any time. More than ${bounds.rssMb} MB or ${bounds.descriptors} descriptors
(F42: one more for each gateway; F44: three for each board), an unhandled rejection or an exit code that nobody provoked breaks the fault, whatever was stored.

| fault | what | injected | held | records | lost | duplicated | declared | kills | MB | descriptors | s | proof |
|---|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---|
${results
  .map(
    (one) =>
      `| ${one.fault} | ${cell(one.title)} | ${one.injected ? 'yes' : 'no'} | ${one.held === undefined ? '–' : one.held ? 'yes' : '**no**'} | ${one.records} | ${one.lost} | ${one.duplicated} | ${one.declared} | ${one.kills} | ${Math.round(one.peaks.rssMb)} | ${one.peaks.descriptors} | ${one.seconds} | ${cell(one.proof)} |`,
  )
  .join('\n')}

Not injected:

| fault | what | why |
|---|---|---|
${notInjected.map(({ fault, title, why }) => `| ${fault} | ${cell(title)} | ${cell(why)} |`).join('\n')}
`
}
