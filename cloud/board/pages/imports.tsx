import { useSignal } from '@preact/signals'
import type { ImportReport } from '../../../shared/api.ts'
import { fileText } from '../core/file-text.ts'
import { ask, type Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { FlawTable } from '../parts/flaw-table.tsx'
import { ImportFindings } from '../parts/import-findings.tsx'
import { RefusalNotice } from '../parts/notice.tsx'

/** As the server bounds a body. */
const mostBytes = 1024 * 1024

/** What can be imported, with a first line and a row as they may look. */
const kinds = {
  items: 'epc,sku\n303400000000000000000001,HD-10007',
  skus: 'sku,name,gtin\nHD-10007,Hex bolt M8,9506000134352',
  slots: 'slot,zone,x,y,width,depth,level\nA01-01-1,A,2.5,0,1,1,0',
  expected: 'slot,sku,quantity\nA01-01-1,HD-10007,12',
  shipments:
    'shipment,direction,gate,dueAt,sku,quantity,epc,sscc\nASN-4711,in,dock-1,2026-12-01,HD-10007,40,,340123450000000017',
  aggregations: 'parent,child,act\n106141412345678908,303400000000000000000001,add',
} as const
type Kind = keyof typeof kinds

/** Rows of a spreadsheet: first looked at, then taken, all or none. */
export function ImportsPage() {
  const store = useStore()
  const words = store.words.value
  const format = store.format.value
  const site = store.site.value
  const kind = useSignal<Kind>('items')
  /** Of what should be where: the file is all of it. */
  const isWhole = useSignal(false)
  const text = useSignal('')
  const remark = useSignal('')
  const isBusy = useSignal(false)
  /** Of the text as it stands: any change of it takes this away. */
  const report = useSignal<ImportReport | null>(null)
  const refused = useSignal<Refusal | null>(null)
  const change = (next: string, said = '') => {
    text.value = next
    remark.value = said
    report.value = null
    refused.value = null
  }
  const tooLarge = () => words.importTooLarge(format.number(mostBytes / 1024))
  const open = async (file: File) => {
    if (file.size > mostBytes) return change('', tooLarge())
    const read = fileText(new Uint8Array(await file.arrayBuffer()))
    if (read === null) change('', words.importUnreadable)
    else change(read.text, words.importReadAs(read.encoding))
  }
  const send = async (isDryRun: boolean) => {
    if (isBusy.value) return
    const sent = text.value
    // UTF-16 and GB18030 grow on their way to the server.
    if (new TextEncoder().encode(sent).length > mostBytes) return change(sent, tooLarge())
    isBusy.value = true
    const [sentKind, whole] = [kind.value, kind.value === 'expected' && isWhole.value]
    const query = `dryRun=${isDryRun}${whole ? '&replace=true' : ''}`
    const path = `/sites/${encodeURIComponent(site)}/import/${sentKind}?${query}`
    const answer = await ask<ImportReport>(path, { method: 'POST', csv: sent })
    isBusy.value = false
    if (text.value !== sent || kind.value !== sentKind) return // it was changed meanwhile: the answer is about another text
    refused.value = answer.ok ? null : answer
    report.value = answer.ok ? answer.value : null
    if (answer.ok && !isDryRun) {
      const done = words.importDone(answer.value.valid, format.number(answer.value.valid))
      change('', done)
      store.say(done)
    }
  }
  const found = report.value
  return (
    <section class="page imports">
      <h1>{words.imports}</h1>
      <p class="quiet">{words.importsIntro}</p>
      <fieldset class="segments" aria-label={words.importKind}>
        {(Object.keys(kinds) as Kind[]).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={kind.value === one}
            onClick={() => {
              kind.value = one
              change(text.value)
            }}
          >
            {words.importKinds[one]}
          </button>
        ))}
      </fieldset>
      <p>{words.importIntros[kind.value]}</p>
      <form
        class="wall-form"
        onSubmit={(event) => {
          event.preventDefault()
          void send(true)
        }}
      >
        <label class="wide">
          {words.importFile}
          <input
            type="file"
            accept=".csv,.txt,.tsv,text/csv"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0]
              // So that the same file, mended, can be chosen again.
              event.currentTarget.value = ''
              if (file !== undefined) void open(file)
            }}
          />
        </label>
        <label class="wide">
          {words.importText}
          <textarea
            class="mono import-text"
            rows={10}
            required
            spellcheck={false}
            placeholder={kinds[kind.value]}
            value={text.value}
            onInput={(event) => change(event.currentTarget.value)}
          />
        </label>
        {kind.value === 'expected' && (
          <label class="wide switch">
            <input
              type="checkbox"
              checked={isWhole.value}
              onChange={(event) => {
                isWhole.value = event.currentTarget.checked
                change(text.value)
              }}
            />
            {words.importWhole}
          </label>
        )}
        <p class="wide" role="status">
          {remark.value}
        </p>
        <p class="wide">
          <button type="submit" class="button" disabled={isBusy.value || site === ''}>
            {words.importCheck}
          </button>{' '}
          {found !== null && found.invalid === 0 && found.valid > 0 && (
            <button type="button" class="button primary" disabled={isBusy.value} onClick={() => void send(false)}>
              {words.importApply(found.valid, format.number(found.valid))}
            </button>
          )}
        </p>
      </form>
      {refused.value !== null &&
        (refused.value.errors === undefined ? (
          <RefusalNotice refusal={refused.value} />
        ) : (
          <section class="import-findings">
            <p class="big" role="status">
              {words.importRefused}
            </p>
            <FlawTable errors={refused.value.errors} />
          </section>
        ))}
      {found !== null && <ImportFindings report={found} />}
    </section>
  )
}
