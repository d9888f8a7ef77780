import type { ComponentChildren } from 'preact'
import { addressOf, type Route } from '../core/route.ts'
import { useStore } from '../live/store.ts'

interface Properties {
  readonly to: Route
  readonly children: ComponentChildren
  readonly class?: string
  readonly current?: boolean
  /** Where an icon alone is inside. */
  readonly label?: string
}

/** A real address, so that it can be opened in a tab and copied; a plain click stays on the page. */
export function Link({ to, children, class: name, current, label }: Properties) {
  const store = useStore()
  return (
    <a
      href={addressOf(to)}
      class={name}
      aria-label={label}
      title={label}
      aria-current={current ? 'page' : undefined}
      onClick={(event) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
        event.preventDefault()
        store.go(to)
      }}
    >
      {children}
    </a>
  )
}
