import type { InputError } from '../../../shared/api.ts'
import { flawSaid } from '../core/flaw.ts'
import { useStore } from '../live/store.ts'
import { WideRows } from './wide-rows.tsx'

/** What is wrong with which row of a spreadsheet. */
export function FlawTable({ errors }: { readonly errors: readonly InputError[] }) {
  const store = useStore()
  const words = store.words.value
  const { language } = store.preferences.value
  return (
    <WideRows label={words.importReason}>
      <thead>
        <tr>
          <th scope="col">{words.importPlace}</th>
          <th scope="col">{words.importReason}</th>
        </tr>
      </thead>
      <tbody>
        {errors.map((error) => {
          const { place, text, lang } = flawSaid(language, error)
          return (
            <tr key={error.path}>
              <td class="mono">{place}</td>
              <td lang={lang}>{text}</td>
            </tr>
          )
        })}
      </tbody>
    </WideRows>
  )
}
