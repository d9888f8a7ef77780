import type { ImportReport } from '../../../shared/api.ts'
import { useStore } from '../live/store.ts'
import { FlawTable } from './flaw-table.tsx'

/** What a dry run found: how many rows, and what is wrong with which. */
export function ImportFindings({ report }: { readonly report: ImportReport }) {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const unlisted = report.invalid - report.errors.length
  return (
    <section class="import-findings">
      <p class="big" role="status">
        {report.rows === 0
          ? words.importNothing
          : words.importFound(format.number(report.rows), format.number(report.invalid))}
      </p>
      {report.invalid > 0 && (
        <>
          <p>{words.importAllOrNone}</p>
          <FlawTable errors={report.errors} />
          {unlisted > 0 && <p class="quiet">{words.importMore(format.number(unlisted))}</p>}
        </>
      )}
    </section>
  )
}
