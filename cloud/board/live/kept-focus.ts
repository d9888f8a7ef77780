/** So long after somebody pressed a key or clicked, what vanishes vanishes because of that: a server may take its time. */
const actMs = 12_000
/** So long a page that is still on its way is waited for. */
const pageMs = 5_000

const reachable = [
  'a[href]',
  'button:not(:disabled)',
  'input:not(:disabled)',
  'select:not(:disabled)',
  'textarea:not(:disabled)',
  'summary',
  '[tabindex="0"]',
].join(', ')

interface Step {
  readonly node: Element
  readonly parent: Element
}

const rows = 'li, tr'
const pages = 'main, .page'

/** What has the focus, and where that stood. */
interface Held {
  readonly element: HTMLElement
  /** From the element outwards, each with what was around it. */
  readonly path: readonly Step[]
  /** How many others come before it in its row, and what sort of control it is. */
  readonly place: number
  readonly sort: string
  /** When somebody did something there last. */
  actedAt: number
}

/**
 * Keeps the focus of the keyboard where somebody works, for every list and form of the board: when the control that has it
 * vanishes, browsers let the focus fall to the page, and the next Tab begins anew.
 *
 * - What vanished because somebody used it hands on to its like in the next row, else in the row before, else to what
 *   took its place.
 * - Where nothing of its kind is left, where a whole page went, or where data made it vanish under somebody's hands (the
 *   next key must not press something else), it is the heading above.
 * - What only moved, or was switched off for a while, has it again.
 *
 * Whoever lets go of it, by mouse or Escape, is left alone; so is who has it by now.
 */
export function keepFocus(root: HTMLElement, clock: () => number): { close(): void } {
  const closing = new AbortController()
  const { signal } = closing
  let held: Held | undefined
  let pageDueAt = Number.NEGATIVE_INFINITY

  const isLost = () => document.activeElement === null || document.activeElement === document.body

  const observer = new MutationObserver((records) => {
    if (!isLost()) return
    if (held === undefined) {
      if (clock() < pageDueAt) toHeading(root)
      return
    }
    const { element, path, actedAt } = held
    if (element.isConnected) {
      element.focus({ preventScroll: true }) // a control that is switched off does not take it, and is asked again
      return
    }
    const wasUsed = clock() - actedAt < actMs
    const leaver = held
    held = undefined
    const left = path.filter(({ parent }) => root.contains(parent))
    const [gone] = left
    if (gone === undefined) return
    const heir = wasUsed ? heirOf(leaver, left, records) : undefined
    if (heir !== undefined) return heir.focus()
    const { next, before } = placeOf(gone, records)
    toHeading(next ?? before ?? gone.parent)
  })

  /** The last heading above; of a page that has none yet, as soon as it has. */
  function toHeading(place: Element): void {
    const headings = [...root.querySelectorAll<HTMLElement>('main :is(h1, h2, h3)')]
    const isAbove = (heading: HTMLElement) =>
      (place.compareDocumentPosition(heading) & Node.DOCUMENT_POSITION_PRECEDING) !== 0
    const heading = headings.findLast(isAbove) ?? headings[0]
    if (heading === undefined) {
      if (pageDueAt < clock()) pageDueAt = clock() + pageMs
      return
    }
    pageDueAt = Number.NEGATIVE_INFINITY
    heading.tabIndex = -1
    heading.focus()
  }

  root.addEventListener(
    'focusin',
    ({ target }) => {
      pageDueAt = Number.NEGATIVE_INFINITY
      if (target instanceof HTMLElement)
        held = heldBy(target, root, target === held?.element ? held.actedAt : undefined)
    },
    { signal },
  )
  // Let go by somebody it is still there a moment later; torn away it is not, or has been given back.
  root.addEventListener(
    'focusout',
    ({ target, relatedTarget }) => {
      if (relatedTarget !== null) return
      setTimeout(() => {
        const isUsable = target instanceof HTMLElement && target.isConnected && !target.matches(':disabled')
        if (held?.element === target && isUsable && isLost() && document.hasFocus()) held = undefined
      })
    },
    { signal },
  )
  for (const type of ['keydown', 'click', 'change'] as const) {
    root.addEventListener(
      type,
      (event) => {
        const isWalking = event instanceof KeyboardEvent && event.key === 'Tab'
        if (held !== undefined && !isWalking) held.actedAt = clock()
      },
      { signal, capture: true },
    )
  }
  observer.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] })
  return {
    close() {
      closing.abort()
      observer.disconnect()
    },
  }
}

function heldBy(element: HTMLElement, root: HTMLElement, actedAt = Number.NEGATIVE_INFINITY): Held {
  const path: Step[] = []
  for (let node: Element = element; node !== root && node.parentElement !== null; node = node.parentElement) {
    path.push({ node, parent: node.parentElement })
  }
  const row = element.closest(rows)
  const place = row === null ? 0 : reachableIn(row).indexOf(element)
  return { element, path, place, sort: sortOf(element), actedAt }
}

const sortOf = ({ tagName, className }: Element) => `${tagName} ${className}`

function reachableIn(element: Element): readonly HTMLElement[] {
  const inside = [...element.querySelectorAll<HTMLElement>(reachable)]
  return element instanceof HTMLElement && element.matches(reachable) ? [element, ...inside] : inside
}

/** What stands behind and before the place where a node is, or was until these changes. */
function placeOf({ node, parent }: Step, records: readonly MutationRecord[]) {
  const record = records.findLast(({ target, removedNodes }) => target === parent && [...removedNodes].includes(node))
  return {
    next: stillIn(parent, record === undefined ? node.nextSibling : record.nextSibling, 'nextSibling'),
    before: stillIn(parent, record === undefined ? node.previousSibling : record.previousSibling, 'previousSibling'),
  }
}

function stillIn(
  parent: Element,
  from: Node | null | undefined,
  way: 'nextSibling' | 'previousSibling',
): Element | null {
  for (let node = from ?? null; node !== null; node = node[way])
    if (node instanceof Element && node.parentElement === parent) return node
  return null
}

/** Its like in what follows, else in what stands before, as far as its list goes; failing that whatever is nearest there. */
function heirOf({ place, sort }: Held, left: readonly Step[], records: readonly MutationRecord[]) {
  const row = left.findIndex(({ node }) => node.matches(rows))
  const page = left.findIndex(({ parent }) => parent.matches(pages))
  const nearest = left.slice(0, row === -1 ? Math.max(0, page) : row + 1).flatMap((step) => {
    const { next, before } = placeOf(step, records)
    return [...siblings(next, 'nextElementSibling'), ...siblings(before, 'previousElementSibling')]
  })
  for (const isLike of [true, false]) {
    for (const node of nearest) {
      const all = reachableIn(node)
      const here = all[place]
      if (here !== undefined && sortOf(here) === sort) return here
      const heir = all.find((one) => !isLike || sortOf(one) === sort)
      if (heir !== undefined) return heir
    }
  }
  return undefined
}

function* siblings(from: Element | null, way: 'nextElementSibling' | 'previousElementSibling'): Iterable<Element> {
  for (let node = from; node !== null; node = node[way]) yield node
}
