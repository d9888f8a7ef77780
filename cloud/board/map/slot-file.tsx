import { useSignal } from '@preact/signals'
import { fileText } from '../core/file-text.ts'
import { withSlots } from '../core/map/edit.ts'
import { type SlotFile, slotsFromCsv } from '../core/map/slot-csv.ts'
import { useStore } from '../live/store.ts'
import { WideRows } from '../parts/wide-rows.tsx'
import { useEditor, useMapWords } from './use-editor.ts'

/** Slots from a spreadsheet; every row that cannot be used is told, and what can be is taken when somebody says so. */
export function SlotFileForm({ onLeave }: { readonly onLeave: () => void }) {
  const store = useStore()
  const editor = useEditor()
  const words = useMapWords()
  const format = store.format.value
  const text = useSignal('')
  const remark = useSignal('')
  const mode = useSignal<'add' | 'replace'>('add')
  const found = useSignal<SlotFile | null>(null)
  const look = (next: string) => {
    text.value = next
    remark.value = ''
    found.value = next.trim() === '' ? null : slotsFromCsv(next)
  }
  const apply = () => {
    const slots = found.value?.slots ?? []
    editor.change(withSlots(editor.map.peek(), slots, mode.value))
    editor.choose('slots')
    store.say(words.fileTaken(slots.length, format.number(slots.length)))
    onLeave()
  }
  const file = found.value
  return (
    <form
      class="wall-form map-form"
      aria-label={words.byFile}
      onSubmit={(event) => {
        event.preventDefault()
        apply()
      }}
    >
      <h2 class="wide">{words.byFile}</h2>
      <p class="wide quiet">{words.fileHint}</p>
      <label class="wide">
        {words.fileChoose}
        <input
          type="file"
          accept=".csv,.txt,.tsv,text/csv"
          onChange={async (event) => {
            const one = event.currentTarget.files?.[0]
            // So that the same file, mended, can be chosen again.
            event.currentTarget.value = ''
            if (one === undefined) return
            const read = fileText(new Uint8Array(await one.arrayBuffer()))
            look(read?.text ?? '')
            if (read === null) remark.value = words.fileUnreadable
          }}
        />
      </label>
      <label class="wide">
        {words.filePaste}
        <textarea
          class="mono import-text"
          rows={6}
          spellcheck={false}
          placeholder={'slot,zone,x,y,width,depth,level\n01-L01-0-1,racks,2,2,0.9,1.1,0'}
          value={text.value}
          onInput={(event) => look(event.currentTarget.value)}
        />
      </label>
      <label class="wide">
        {words.fileMode}
        <select
          value={mode.value}
          onChange={(event) => {
            mode.value = event.currentTarget.value === 'replace' ? 'replace' : 'add'
          }}
        >
          <option value="add">{words.fileAdd}</option>
          <option value="replace">{words.fileReplace}</option>
        </select>
      </label>
      <div class="wide" role="status">
        {remark.value}
        {file !== null && <p>{words.fileFound(format.number(file.rows), format.number(file.bad))}</p>}
      </div>
      {file !== null && file.findings.length > 0 && (
        <div class="wide">
          <WideRows label={words.fileFound(format.number(file.rows), format.number(file.bad))}>
            <thead>
              <tr>
                <th scope="col">{words.line}</th>
                <th scope="col">{words.column}</th>
                <th scope="col">{words.problem}</th>
              </tr>
            </thead>
            <tbody>
              {file.findings.slice(0, 50).map(({ line, column, flaw }) => (
                <tr key={`${line} ${column}`}>
                  <td>{format.number(line)}</td>
                  <td class="mono">{column}</td>
                  <td>{words.csvFlaws[flaw]}</td>
                </tr>
              ))}
            </tbody>
          </WideRows>
        </div>
      )}
      <p class="wide row-acts">
        {file !== null && file.slots.length > 0 && (
          <button type="submit" class="button primary">
            {words.fileApply(file.slots.length, format.number(file.slots.length))}
          </button>
        )}
        <button type="button" class="button" onClick={onLeave}>
          {words.close}
        </button>
      </p>
    </form>
  )
}
