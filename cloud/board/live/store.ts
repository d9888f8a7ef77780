import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { alertIn } from '../../../shared/alert-words.ts'
import type { Alert, SiteSummary } from '../../../shared/api.ts'
import { acknowledged, inOrder } from '../core/alert-order.ts'
import type { Board } from '../core/board.ts'
import { type Format, formatFor } from '../core/format.ts'
import { type LinkFacts, type Liveness, livenessAt } from '../core/liveness.ts'
import { layOut, type Plan } from '../core/plan.ts'
import { addressOf, type Route, routeOf } from '../core/route.ts'
import { heardServerTime, serverTime, unknownServerClock } from '../core/server-clock.ts'
import type { Layer } from '../core/slot-codes.ts'
import { type TourStep, tourSteps } from '../core/tour.ts'
import { type SiteTrust, trustOf } from '../core/trust.ts'
import { severityName, type Words, wordsOf } from '../core/words/words.ts'
import type { Renderer } from '../plan/ground.ts'
import { ask, type Refusal } from './ask.ts'
import { type HeardReaders, openHeardReaders } from './heard-readers.ts'
import { type Link, openLink } from './link.ts'
import { type Outbox, openOutbox } from './outbox.ts'
import { type Preferences, readPreferences, writePreferences } from './preferences.ts'
import { signIn } from './sign-in.ts'
import { isAnotherVersion } from './version.ts'

export type Phase =
  | { readonly kind: 'starting' }
  | { readonly kind: 'signed-out'; readonly keyRefused: boolean }
  | { readonly kind: 'no-site' }
  | { readonly kind: 'failed'; readonly refusal: Refusal }
  | { readonly kind: 'watching'; readonly site: string }

/** All that the page knows, in one value; whoever reads a signal is drawn again when it changes. */
export interface Store {
  readonly phase: ReadonlySignal<Phase>
  readonly sites: ReadonlySignal<readonly SiteSummary[]>
  /** What is looked at; empty while there is none. Known before its board has come. */
  readonly site: ReadonlySignal<string>
  readonly board: ReadonlySignal<Board | null>
  readonly plan: ReadonlySignal<Plan | null>
  readonly trust: ReadonlySignal<SiteTrust | null>
  /** Worst first, with acknowledgements under way already applied. */
  readonly alerts: ReadonlySignal<readonly Alert[]>
  readonly liveness: ReadonlySignal<Liveness>
  readonly attempt: ReadonlySignal<number>
  /** Gate to board; `null` = nothing flows. */
  readonly lagMs: ReadonlySignal<number | null>
  /** Counts heartbeats, for the pulse. */
  readonly beats: ReadonlySignal<number>
  /** Server time, once a second. */
  readonly now: ReadonlySignal<number>
  /** Server time to the millisecond, for what somebody does. */
  nowMs(): number
  readonly words: ReadonlySignal<Words>
  readonly format: ReadonlySignal<Format>
  readonly preferences: ReadonlySignal<Preferences>
  readonly route: ReadonlySignal<Route>
  readonly polite: ReadonlySignal<string>
  readonly assertive: ReadonlySignal<string>
  readonly acknowledging: ReadonlySignal<ReadonlyMap<string, Alert>>
  readonly acknowledgeFailures: ReadonlySignal<ReadonlyMap<string, string>>
  /** Plan or table; kept here so that it survives a visit to another page. */
  readonly asTable: Signal<boolean>
  /** Where somebody is in the tour of the floor; `null` = not in it. */
  readonly tour: ReadonlySignal<TourStep | null>
  /** What slots are shaded by. */
  readonly layer: Signal<Layer>
  /** `?renderer=canvas` or `webgl` in the address asks for one; otherwise the faster is taken. */
  readonly renderer: Renderer
  /** Pictures of the plan so far, and what painted the last. */
  readonly pictures: { count: number; kind: 'webgl' | 'canvas' | null }
  painted(kind: 'webgl' | 'canvas' | null): void
  readonly readers: Pick<HeardReaders, 'reads' | 'refused' | 'isListening' | 'listen'>
  /** Acts that wait for the server. */
  readonly outbox: Outbox
  /** The server has another version of this page. */
  readonly isOutdated: ReadonlySignal<boolean>
  go(route: Route, replace?: boolean): void
  prefer(change: Partial<Preferences>): void
  /** `null` ends the tour, and it does not begin by itself again. */
  showTour(step: TourStep | null): void
  say(sentence: string): void
  acknowledge(alert: Alert): Promise<void>
  retry(): void
}

const Context = createContext<Store | null>(null)
export const StoreProvider = Context.Provider

export function useStore(): Store {
  const store = useContext(Context)
  if (store === null) throw new Error('no store around this component')
  return store
}

const tickMs = 250
const emptyAgainMs = 5_000
const outboxEveryMs = 3_000

/** Starts signing in and watching at once. One per page. */
export function openStore(): Store {
  const clock = () => performance.now()
  const phase = signal<Phase>({ kind: 'starting' })
  const sites = signal<readonly SiteSummary[]>([])
  const board = signal<Board | null>(null)
  const link = signal<LinkFacts & { attempt: number }>({
    connected: false,
    inStep: false,
    heardAt: null,
    troubleSince: null,
    attempt: 0,
  })
  const serverClock = signal(unknownServerClock)
  const tick = signal(clock())
  const lagMs = signal<number | null>(null)
  const beats = signal(0)
  const route = signal(routeOf(location.pathname, location.search))
  const preferences = signal(onWall(readPreferences(localStorage, navigator.languages), route.peek()))
  const tour = signal<TourStep | null>(preferences.peek().knowsTour ? null : tourSteps[0])
  const isOutdated = signal(false)
  const polite = signal('')
  const assertive = signal('')
  const acknowledging = signal<ReadonlyMap<string, Alert>>(new Map())
  const acknowledgeFailures = signal<ReadonlyMap<string, string>>(new Map())
  const asTable = signal(false)
  const outbox = openOutbox(localStorage)
  const layer = signal<Layer>('occupancy')
  const asked = new URLSearchParams(location.search).get('renderer')
  const pictures: Store['pictures'] = { count: 0, kind: null }

  const language = computed(() => preferences.value.language)
  const words = computed(() => wordsOf(language.value))
  const timeZone = computed(() => board.value?.map.timeZone ?? 'UTC')
  const format = computed(() => formatFor(language.value, timeZone.value, preferences.value.temperature))
  const map = computed(() => board.value?.map ?? null)
  const gateways = computed(() => board.value?.gateways ?? null)
  const plan = computed(() => (map.value === null ? null : layOut(map.value)))
  const trust = computed(() =>
    map.value === null || gateways.value === null ? null : trustOf(map.value, gateways.value),
  )
  const boardAlerts = computed(() => board.value?.alerts ?? null)
  const alerts = computed(() => {
    const hopeful = acknowledging.value
    const all = [...(boardAlerts.value?.values() ?? [])].map((alert) => hopeful.get(alert.id) ?? alert)
    const open = all.filter((alert) => alert.state !== 'normal')
    return inOrder(open.map((alert) => alertIn(language.value, alert)))
  })
  const liveness = computed(() => livenessAt(link.value, tick.value))
  const attempt = computed(() => link.value.attempt)
  const site = computed(() => (phase.value.kind === 'watching' ? phase.value.site : ''))
  const now = computed(() => {
    const local = performance.timeOrigin + tick.value
    return Math.floor(serverTime(serverClock.value, local) / 1000) * 1000
  })
  const nowMs = () => Math.floor(serverTime(serverClock.peek(), performance.timeOrigin + clock()))

  let open: Link | null = null
  const readers = openHeardReaders((wanted) => open?.listen(wanted))
  /** Counts starts, so that one that was overtaken ends without effect: it would take the board away from under somebody. */
  let starts = 0
  let startsAgain: ReturnType<typeof setTimeout> | undefined
  const watch = (site: string) => {
    starts++
    clearTimeout(startsAgain)
    open?.close()
    board.value = null
    serverClock.value = unknownServerClock
    lagMs.value = null
    phase.value = { kind: 'watching', site }
    const listener = {
      board: (next: Board) => {
        board.value = next
      },
      facts: (facts: LinkFacts & { attempt: number }) => {
        // Whoever was away may have been updated.
        if (facts.inStep && !link.peek().inStep) {
          void isAnotherVersion().then((isOther) => {
            if (isOther) isOutdated.value = true
          })
        }
        link.value = facts
      },
      serverTime: (at: number) => {
        serverClock.value = heardServerTime(serverClock.peek(), at, performance.timeOrigin + clock())
      },
      heartbeat: (beat: { lagMs: number | null }) => {
        lagMs.value = beat.lagMs
        beats.value++
      },
      alert: announce,
      reads: readers.take,
      listening: readers.told,
      refused: (refusal: Refusal) => {
        open?.close()
        if (refusal.status === 401) phase.value = { kind: 'signed-out', keyRefused: false }
        else fail(refusal)
      },
    }
    open = openLink(site, { clock, random: Math.random }, listener)
    open.listen(readers.wanted)
  }

  /** The worst at once, the others together: nobody is read ten sentences in a row. */
  let waiting: Alert[] = []
  const announce = (raised: Alert) => {
    const alert = alertIn(language.peek(), raised)
    const { value: said } = words
    if (alert.severity === 1) {
      assertive.value = said.alertRaised(severityName(said, 1), alert.name, alert.subject)
      return
    }
    waiting.push(alert)
    if (waiting.length > 1) return
    setTimeout(() => {
      const [first] = waiting
      polite.value =
        waiting.length === 1 && first !== undefined
          ? said.alertRaised(severityName(said, first.severity), first.name, first.subject)
          : said.newAlerts(waiting.length, format.value.number(waiting.length))
      waiting = []
    }, 2_000)
  }

  const start = async () => {
    const mine = ++starts
    clearTimeout(startsAgain)
    const address = new URL(location.href)
    // Behind the # it never reaches a server's log: a wall screen's key holds for long.
    const fromHash = new URLSearchParams(address.hash.slice(1)).get('k')
    const entered = await signIn(fromHash ?? address.searchParams.get('k'), () => {
      if (fromHash === null && !address.searchParams.has('k')) return
      address.searchParams.delete('k')
      history.replaceState(null, '', address.pathname + address.search)
    })
    if (mine !== starts) return
    if (entered.kind === 'out') {
      phase.value = { kind: 'signed-out', keyRefused: entered.keyRefused }
      return
    }
    if (entered.kind === 'failed') return fail(entered.refusal)
    const answer = await ask<readonly SiteSummary[] | { readonly items: readonly SiteSummary[] }>('/sites')
    if (mine !== starts) return
    if (!answer.ok) return fail(answer)
    sites.value = 'items' in answer.value ? answer.value.items : answer.value
    const chosen = sites.value.find(({ site }) => site === preferences.value.site) ?? sites.value[0]
    if (chosen !== undefined) return watch(chosen.site)
    phase.value = { kind: 'no-site' }
    // The first map may be published any minute.
    startsAgain = setTimeout(start, emptyAgainMs)
  }
  let retries = 0
  const fail = (refusal: Refusal) => {
    phase.value = { kind: 'failed', refusal }
    // A server that starts later than its board is the ordinary morning; and a site that was made a moment ago is not
    // known yet to all who are asked for it.
    const { status } = refusal
    if (status === 0 || status >= 500 || status === 403 || status === 404) {
      startsAgain = setTimeout(start, Math.min(8_000, 1_000 * 2 ** retries++))
    }
  }

  setInterval(() => {
    tick.value = clock()
  }, tickMs)
  addEventListener('popstate', () => {
    route.value = routeOf(location.pathname, location.search)
  })
  effect(() => {
    document.documentElement.lang = language.value
    document.documentElement.dataset['theme'] = preferences.value.theme
  })
  effect(() => {
    document.title = map.value === null ? 'Warepulse' : `${map.value.name} · Warepulse`
  })
  // A link may break and mend unseen, so what waits is tried again by the clock as well.
  effect(() => {
    if (liveness.value.state === 'live') void outbox.flush()
  })
  setInterval(() => {
    if (outbox.waiting.peek().length > 0) void outbox.flush()
  }, outboxEveryMs)
  let wasLost = false
  effect(() => {
    // Once at the change, never at each second.
    const isLost = liveness.value.state === 'lost'
    if (isLost === wasLost) return
    wasLost = isLost
    polite.value = isLost ? words.peek().lostAnnounced : words.peek().backAnnounced
  })
  void start()

  return {
    phase,
    sites,
    site,
    board,
    plan,
    trust,
    alerts,
    liveness,
    attempt,
    lagMs,
    beats,
    now,
    nowMs,
    words,
    format,
    preferences,
    route,
    polite,
    assertive,
    acknowledging,
    acknowledgeFailures,
    asTable,
    tour,
    readers,
    outbox,
    layer,
    renderer: asked === 'canvas' || asked === 'webgl' ? asked : 'auto',
    pictures,
    painted(kind) {
      pictures.count++
      pictures.kind = kind
    },
    isOutdated,
    go(next, replace = false) {
      const address = addressOf(next)
      if (replace) history.replaceState(null, '', address)
      else if (address !== location.pathname + location.search) history.pushState(null, '', address)
      route.value = next
    },
    prefer(change) {
      const { site } = preferences.value
      preferences.value = { ...preferences.value, ...change }
      if (route.peek().page !== 'wall') writePreferences(localStorage, preferences.value)
      if (change.site !== undefined && change.site !== null && change.site !== site) watch(change.site)
    },
    showTour(step) {
      tour.value = step
      if (step !== null || preferences.peek().knowsTour) return
      preferences.value = { ...preferences.peek(), knowsTour: true }
      writePreferences(localStorage, preferences.peek())
    },
    say(sentence) {
      polite.value = sentence
    },
    async acknowledge(alert) {
      const at = new Date(now.value).toISOString()
      acknowledging.value = new Map(acknowledging.value).set(alert.id, acknowledged(alert, at, null))
      acknowledgeFailures.value = without(acknowledgeFailures.value, alert.id)
      const answer = await ask<Alert>(`/alerts/${encodeURIComponent(alert.id)}/acknowledge`, {
        method: 'POST',
        body: {},
      })
      if (answer.ok) {
        // The delta usually comes first; where it does not, the wish stands until it has had time to.
        setTimeout(() => {
          acknowledging.value = without(acknowledging.value, alert.id)
        }, 3_000)
        return
      }
      acknowledging.value = without(acknowledging.value, alert.id)
      const why = answer.status === 0 ? words.value.acknowledgeOffline : answer.detail || answer.code
      acknowledgeFailures.value = new Map(acknowledgeFailures.value).set(alert.id, why)
      polite.value = words.value.acknowledgeFailed(why)
    },
    retry() {
      const chosen = phase.value
      phase.value = { kind: 'starting' }
      if (chosen.kind === 'watching') watch(chosen.site)
      else void start()
    },
  }
}

/** A wall screen is told by its address; what the browser remembers is somebody else's. */
function onWall(preferences: Preferences, route: Route): Preferences {
  if (route.page !== 'wall') return preferences
  const { language, theme } = route.settings
  return { ...preferences, language: language ?? preferences.language, theme: theme ?? 'auto' }
}

function without<T>(map: ReadonlyMap<string, T>, key: string): Map<string, T> {
  const rest = new Map(map)
  rest.delete(key)
  return rest
}
