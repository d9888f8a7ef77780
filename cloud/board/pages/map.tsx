import { useSignal } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'
import type { Slot } from '../../../shared/site-map.ts'
import { emptyMap, type Kind, kinds } from '../core/map/edit.ts'
import type { MapProblem } from '../core/map/problems.ts'
import { csvOfSlots } from '../core/map/slot-csv.ts'
import type { MapWords } from '../core/words/map-words.ts'
import type { Refusal } from '../live/ask.ts'
import { useStore } from '../live/store.ts'
import { EditorPlan } from '../map/editor-plan.tsx'
import { PatternForm } from '../map/pattern-form.tsx'
import { PublishPanel } from '../map/publish-panel.tsx'
import { RowTable } from '../map/row-table.tsx'
import { SelectionTools } from '../map/selection-tools.tsx'
import { SiteForm } from '../map/site-form.tsx'
import { SlotFileForm } from '../map/slot-file.tsx'
import { EditorProvider, useEditor, useMapWords, useOpenEditor } from '../map/use-editor.ts'
import { Link } from '../parts/link.tsx'
import { Notice, RefusalNotice } from '../parts/notice.tsx'
import { useMay, useSession } from '../parts/use-session.ts'
import { isTyping } from '../plan/plan-canvas.tsx'

/** The map of a site is drawn up here: a draft first, then in force for everybody. */
export function MapPage() {
  const words = useMapWords()
  const said = useStore().words.value
  const session = useSession().answer.value
  const site = useStore().board.value?.site
  const may = useMay()
  if (session === null || site === undefined) return <div class="page" aria-busy="true" />
  if (!session.ok) return <RefusalNotice refusal={session} />
  if (!may('integrator')) return <Notice title={said.notAllowedTitle}>{words.hidden}</Notice>
  return <Opened key={site} site={site} />
}

function Opened({ site }: { readonly site: string }) {
  const editor = useOpenEditor(site)
  if (editor.refused.value !== null)
    return <RefusalNotice refusal={editor.refused.value} onRetry={() => void editor.open()} />
  if (editor.inForce.value === null) return <div class="page" aria-busy="true" />
  return (
    <EditorProvider value={editor}>
      <Workbench />
    </EditorProvider>
  )
}

type Panel = 'rows' | 'pattern' | 'file' | 'site' | 'publish'

function Workbench() {
  const editor = useEditor()
  const words = useMapWords()
  const panel = useSignal<Panel>('rows')
  const published = useSignal<number | null>(null)
  const ghosts = useSignal<readonly Slot[]>([])
  const rows = () => {
    panel.value = 'rows'
  }
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || isTyping(event.target)) return
      const key = event.key.toLowerCase()
      if (key === 'y' || (key === 'z' && event.shiftKey)) editor.redo()
      else if (key === 'z') editor.undo()
      else return
      event.preventDefault()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [editor])
  return (
    <section class="map-editor">
      <header class="map-head">
        <h1>{words.title}</h1>
        <DraftLine />
        <Trouble />
        {published.value !== null && (
          <p role="status" class="map-done">
            {words.published(published.value)}{' '}
            <Link to={{ page: 'floor', slot: null }} class="button">
              {words.toFloor}
            </Link>
          </p>
        )}
        <Tools
          panel={panel.value}
          onPanel={(next) => {
            panel.value = panel.value === next ? 'rows' : next
            published.value = null
          }}
        />
      </header>
      <div class="map-plan">
        <EditorPlan ghosts={ghosts} />
      </div>
      <div class="map-side">
        {panel.value === 'pattern' && <PatternForm ghosts={ghosts} onLeave={rows} />}
        {panel.value === 'file' && <SlotFileForm onLeave={rows} />}
        {panel.value === 'site' && <SiteForm onLeave={rows} />}
        {panel.value === 'publish' && (
          <PublishPanel
            onLeave={rows}
            onDone={(version) => {
              published.value = version
              rows()
            }}
          />
        )}
        {panel.value === 'rows' && (
          <Rows
            onSite={() => {
              panel.value = 'site'
            }}
          />
        )}
      </div>
    </section>
  )
}

/** What the draft is, and whether the server has it. */
function DraftLine() {
  const store = useStore()
  const editor = useEditor()
  const words = useMapWords()
  const { revision, by, at } = editor.kept.value
  const saving = editor.saving.value
  const me = useSession().answer.value
  const who = by !== '' ? by : me?.ok === true ? me.value.name : ''
  const version = editor.inForce.value?.version ?? 0
  return (
    <p class="quiet" role="status">
      {words.intro}{' '}
      <strong>
        {saving.state === 'saving'
          ? words.saving
          : saving.state === 'unsaved'
            ? words.unsaved
            : saving.state === 'failed'
              ? words.saveFailed(saving.refusal.detail || saving.refusal.code)
              : saving.state === 'stale'
                ? words.unsaved
                : revision === 0
                  ? words.noDraft(version)
                  : words.draftFrom(
                      editor.base.value,
                      who,
                      store.format.value.ago(Math.max(0, store.now.value - Date.parse(at))),
                    )}
      </strong>
    </p>
  )
}

/** What somebody else did meanwhile; nothing goes on until it is decided. */
function Trouble() {
  const editor = useEditor()
  const words = useMapWords()
  const saving = editor.saving.value
  const version = editor.inForce.value?.version ?? 0
  if (saving.state === 'stale') {
    return (
      <section class="map-trouble" role="alert">
        <h2>{words.staleTitle}</h2>
        <p>{words.staleText(saving.detail)}</p>
        <p class="row-acts">
          <button type="button" class="button" onClick={() => void editor.takeTheirs()}>
            {words.takeTheirs}
          </button>
          <button type="button" class="button" onClick={() => void editor.keepMine()}>
            {words.keepMine}
          </button>
        </p>
      </section>
    )
  }
  if (editor.base.value === version) return null
  return (
    <section class="map-trouble" role="alert">
      <h2>{words.overtakenTitle(version)}</h2>
      <p>{words.overtakenText(editor.base.value, version)}</p>
      <p class="row-acts">
        <button type="button" class="button" onClick={() => editor.goOn()}>
          {words.goOn(version)}
        </button>
        <Discard />
      </p>
    </section>
  )
}

function Tools({ panel, onPanel }: { readonly panel: Panel; readonly onPanel: (panel: Panel) => void }) {
  const editor = useEditor()
  const words = useMapWords()
  const download = () => {
    const blob = new Blob([csvOfSlots(editor.map.peek().slots)], { type: 'text/csv' })
    const link = document.createElement('a')
    link.href = URL.createObjectURL(blob)
    link.download = `${editor.map.peek().site}-slots.csv`
    link.click()
    URL.revokeObjectURL(link.href)
  }
  const start = (kind: 'empty' | 'in-force') => {
    const inForce = editor.inForce.peek()
    if (inForce !== null) editor.change(kind === 'empty' ? emptyMap(editor.map.peek()) : inForce)
  }
  const opener = (to: Panel, text: string, extra = '') => (
    <button type="button" class={`button ${extra}`} aria-expanded={panel === to} onClick={() => onPanel(to)}>
      {text}
    </button>
  )
  return (
    <div class="map-tools">
      <button type="button" class="button" disabled={!editor.canUndo.value} onClick={() => editor.undo()}>
        {words.undo}
      </button>
      <button type="button" class="button" disabled={!editor.canRedo.value} onClick={() => editor.redo()}>
        {words.redo}
      </button>
      {opener('pattern', words.byPattern)}
      {opener('file', words.byFile)}
      {opener('site', words.site)}
      <button type="button" class="button" disabled={editor.map.value.slots.length === 0} onClick={download}>
        {words.download}
      </button>
      <button type="button" class="button" onClick={() => start('empty')}>
        {words.startEmpty}
      </button>
      <button type="button" class="button" onClick={() => start('in-force')}>
        {words.startInForce}
      </button>
      {editor.kept.value.revision > 0 && <Discard />}
      {opener('publish', words.review, 'primary')}
    </div>
  )
}

/** Asked twice: it cannot be undone. */
function Discard() {
  const store = useStore()
  const editor = useEditor()
  const words = useMapWords()
  const isSure = useSignal(false)
  const refused = useSignal<Refusal | null>(null)
  return (
    <>
      <button
        type="button"
        class="button"
        onClick={async () => {
          if (!isSure.value) {
            isSure.value = true
            return
          }
          isSure.value = false
          refused.value = await editor.discard()
          if (refused.value === null) store.say(words.discarded)
        }}
        onBlur={() => {
          isSure.value = false
        }}
      >
        {isSure.value ? words.discardSure : words.discard}
      </button>
      {refused.value !== null && <RefusalNotice refusal={refused.value} />}
    </>
  )
}

function problemText(words: MapWords, { kind, row, field, flaw }: MapProblem): string {
  const name = words.fieldNames[field as keyof typeof words.fieldNames]
  return kind === 'site'
    ? words.siteProblem(name, words.flaws[flaw])
    : words.problemAt(row + 1, words.kindNames[kind], name, words.flaws[flaw])
}

/** The lists of the map, one at a time, and what is wrong in them. */
function Rows({ onSite }: { readonly onSite: () => void }) {
  const store = useStore()
  const editor = useEditor()
  const words = useMapWords()
  const format = store.format.value
  const { kind } = editor.selection.value
  const problems = editor.problems.value
  const shown = problems.slice(0, 20)
  return (
    <>
      <div class="tabs" role="tablist" aria-label={words.title}>
        {kinds.map((one: Kind) => (
          <button key={one} type="button" role="tab" aria-selected={one === kind} onClick={() => editor.choose(one)}>
            {words.kindNames[one]} {format.number(editor.map.value[one].length)}
          </button>
        ))}
      </div>
      <SelectionTools />
      <RowTable key={kind} kind={kind} />
      {problems.length === 0 ? (
        <p class="quiet" role="status">
          {words.noProblems}
        </p>
      ) : (
        <details class="map-problems">
          <summary>
            <strong>{words.problems(problems.length, format.number(problems.length))}</strong>
          </summary>
          <ul>
            {shown.map((problem) => (
              <li key={`${problem.kind} ${problem.row} ${problem.field} ${problem.flaw}`}>
                <button
                  type="button"
                  class="alert-open"
                  onClick={() => (problem.kind === 'site' ? onSite() : editor.choose(problem.kind, [problem.row]))}
                >
                  {problemText(words, problem)}
                </button>
              </li>
            ))}
          </ul>
          {problems.length > shown.length && (
            <p class="quiet">{words.moreProblems(format.number(problems.length - shown.length))}</p>
          )}
        </details>
      )}
    </>
  )
}
