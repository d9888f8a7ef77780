import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { MapDraftAnswer } from '../../../shared/map-draft.ts'
import type { SiteMap } from '../../../shared/site-map.ts'
import type { Kind, Selection } from '../core/map/edit.ts'
import { begun, did, redone, undone } from '../core/map/history.ts'
import { type MapProblem, problemsOf } from '../core/map/problems.ts'
import { layOut, type Plan } from '../core/plan.ts'
import { ask, type Refusal } from '../live/ask.ts'

/** Somebody types on for so long before the draft is sent, ms. */
const saveAfterMs = 800
const retryMs = 3_000

export type Saving =
  | { readonly state: 'saved' | 'unsaved' | 'saving' }
  | { readonly state: 'failed'; readonly refusal: Refusal }
  /** Another browser saved meanwhile; nothing is sent until somebody decided. */
  | { readonly state: 'stale'; readonly detail: string }

/** The draft as the server keeps it; revision 0: it keeps none. */
export interface Kept {
  readonly revision: number
  readonly by: string
  readonly at: string
}

/** The draft of a site in this browser, kept in step with the server's. */
export interface Editor {
  /** `null`: still asked for, or refused. */
  readonly inForce: ReadonlySignal<SiteMap | null>
  readonly refused: ReadonlySignal<Refusal | null>
  readonly map: ReadonlySignal<SiteMap>
  readonly plan: ReadonlySignal<Plan>
  readonly problems: ReadonlySignal<readonly MapProblem[]>
  readonly canUndo: ReadonlySignal<boolean>
  readonly canRedo: ReadonlySignal<boolean>
  readonly selection: ReadonlySignal<Selection>
  readonly saving: ReadonlySignal<Saving>
  readonly kept: ReadonlySignal<Kept>
  /** Version that the draft began from. */
  readonly base: ReadonlySignal<number>
  /** How far what is chosen has been dragged, metres. */
  readonly drag: Signal<{ readonly dx: number; readonly dy: number } | null>
  /** Asks for the draft and the map in force; what is being edited here stays. */
  open(): Promise<void>
  change(next: SiteMap): void
  choose(kind: Kind, rows?: Iterable<number>): void
  undo(): void
  redo(): void
  /** The draft goes on from the version that is in force now. */
  goOn(): void
  takeTheirs(): Promise<void>
  keepMine(): Promise<void>
  discard(): Promise<Refusal | null>
  /** Sends what waits and puts it in force; answers the version, or why not. */
  publish(): Promise<number | Refusal>
  /** Sends what waits, and no more after that. Safe to call twice. */
  close(): void
}

const noDraft: Kept = { revision: 0, by: '', at: '' }
const nothing: SiteMap = {
  version: 1,
  site: '',
  name: '',
  timeZone: 'UTC',
  width: 0,
  depth: 0,
  zones: [],
  slots: [],
  readPoints: [],
  sensors: [],
  skus: [],
}

/** The last editor's last draft on its way: whoever comes back at once must find it. */
let leaving: Promise<void> = Promise.resolve()

export function openEditor(site: string): Editor {
  const path = `/sites/${encodeURIComponent(site)}/map`
  const inForce = signal<SiteMap | null>(null)
  const refused = signal<Refusal | null>(null)
  const history = signal(begun(nothing))
  const kept = signal(noDraft)
  const base = signal(0)
  const saving = signal<Saving>({ state: 'saved' })
  const selection = signal<Selection>({ kind: 'zones', rows: new Set() })
  const map = computed(() => history.value.present)
  let timer: ReturnType<typeof setTimeout> | undefined
  /** What the server has, or is being sent. */
  let sent: SiteMap = nothing
  let underWay: Promise<void> | null = null
  let isClosed = false

  const begin = (from: SiteMap, draft: MapDraftAnswer['draft'], version: number) =>
    batch(() => {
      sent = from
      history.value = begun(from)
      kept.value = draft ?? noDraft
      base.value = draft?.base ?? version
      saving.value = { state: 'saved' }
      selection.value = { kind: selection.peek().kind, rows: new Set() }
    })

  const save = async (): Promise<void> => {
    clearTimeout(timer)
    // As often as somebody else was first: who has waited must find all of it sent, and the revision that it got.
    while (underWay !== null) await underWay
    if (saving.peek().state === 'stale' || map.peek() === sent) return
    const next = map.peek()
    const before = sent
    sent = next
    saving.value = { state: 'saving' }
    const body = { seen: kept.peek().revision, base: base.peek(), map: next }
    const sending = ask<{ readonly revision: number }>(`${path}/draft`, { method: 'PUT', body }).then((answer) => {
      underWay = null
      if (answer.ok) {
        kept.value = { revision: answer.value.revision, by: '', at: new Date(answer.value.revision).toISOString() }
        saving.value = { state: map.peek() === next ? 'saved' : 'unsaved' }
        return
      }
      sent = before
      if (answer.status === 409) saving.value = { state: 'stale', detail: answer.detail }
      else {
        saving.value = { state: 'failed', refusal: answer }
        if (!isClosed && (answer.status === 0 || answer.status >= 500)) timer = setTimeout(() => void save(), retryMs)
      }
    })
    underWay = sending
    await sending
    if (saving.peek().state === 'unsaved') await save()
  }
  const soon = () => {
    if (saving.peek().state === 'stale') return
    if (map.peek() === sent && underWay === null) {
      saving.value = { state: 'saved' }
      return
    }
    if (saving.peek().state !== 'saving') saving.value = { state: 'unsaved' }
    clearTimeout(timer)
    timer = setTimeout(() => void save(), saveAfterMs)
  }
  const step = (next: typeof history.value) => {
    if (next === history.peek()) return
    batch(() => {
      const before = history.peek().present
      history.value = next
      const { kind, rows } = selection.peek()
      // Places in a list mean something else once its length has changed.
      if (before[kind].length !== next.present[kind].length && rows.size > 0)
        selection.value = { kind, rows: new Set() }
    })
    soon()
  }

  return {
    inForce,
    refused,
    map,
    plan: computed(() => layOut(map.value)),
    problems: computed(() => problemsOf(map.value)),
    canUndo: computed(() => history.value.past.length > 0),
    canRedo: computed(() => history.value.future.length > 0),
    selection,
    saving,
    kept,
    base,
    drag: signal(null),
    async open() {
      await leaving
      const [draft, present] = await Promise.all([ask<MapDraftAnswer>(`${path}/draft`), ask<SiteMap>(path)])
      if (!draft.ok || !present.ok) {
        if (inForce.peek() === null) refused.value = !draft.ok ? draft : present.ok ? null : present
        return
      }
      const isUntouched = inForce.peek() === null || (kept.peek().revision === 0 && map.peek() === sent)
      batch(() => {
        refused.value = null
        inForce.value = present.value
        if (isUntouched) begin(draft.value.draft?.map ?? present.value, draft.value.draft, present.value.version)
      })
    },
    change: (next) => step(did(history.peek(), next)),
    choose(kind, rows = []) {
      selection.value = { kind, rows: new Set(rows) }
    },
    undo: () => step(undone(history.peek())),
    redo: () => step(redone(history.peek())),
    goOn() {
      const present = inForce.peek()
      if (present === null) return
      base.value = present.version
      // What is not edited here is as it was published.
      const { zones, slots, readPoints, sensors } = map.peek()
      // The same map from another base is another draft.
      sent = nothing
      step(did(history.peek(), { ...present, zones, slots, readPoints, sensors }))
    },
    async takeTheirs() {
      inForce.value = null
      saving.value = { state: 'saved' }
      await this.open()
    },
    async keepMine() {
      const answer = await ask<MapDraftAnswer>(`${path}/draft`)
      if (!answer.ok) return
      kept.value = answer.value.draft ?? noDraft
      saving.value = { state: 'unsaved' }
      sent = nothing
      await save()
    },
    async discard() {
      clearTimeout(timer)
      if (underWay !== null) await underWay
      const { revision } = kept.peek()
      if (revision > 0) {
        const answer = await ask(`${path}/draft?revision=${revision}`, { method: 'DELETE' })
        if (!answer.ok) return answer
      }
      const from = inForce.peek() ?? nothing
      begin(from, null, from.version)
      return null
    },
    async publish() {
      await save()
      const state = saving.peek()
      if (state.state === 'failed') return state.refusal
      const { revision } = kept.peek()
      const answer = await ask(`${path}/draft/publish`, { method: 'POST', body: { revision } })
      if (!answer.ok) return answer
      const version = base.peek() + 1
      const published = { ...map.peek(), version }
      batch(() => {
        inForce.value = published
        begin(published, null, version)
      })
      return version
    },
    close() {
      isClosed = true
      leaving = save()
    },
  }
}
