import type { ImportReport } from '../../../shared/api.ts'
import { useStore } from '../live/store.ts'
import { WideRows } from './wide-rows.tsx'

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
          <WideRows label={words.importReason}>
            <thead>
              <tr>
                <th scope="col">{words.importPlace}</th>
                <th scope="col">{words.importReason}</th>
              </tr>
            </thead>
            <tbody lang="en">
              {report.errors.map(({ path, message }) => (
                <tr key={path}>
                  <td class="mono">{path}</td>
                  <td>{message}</td>
                </tr>
              ))}
            </tbody>
          </WideRows>
          {unlisted > 0 && <p class="quiet">{words.importMore(format.number(unlisted))}</p>}
        </>
      )}
    </section>
  )
}
