import type { ComponentChildren } from 'preact'

/**
 * A table of rows in a frame of its own: wider than a phone, it scrolls by itself and not the page, which keys must be
 * able to do too (WCAG 2.2, 2.1.1). `label` names it for who does not see it.
 */
export function WideRows(props: {
  readonly label: string
  readonly class?: string
  readonly children: ComponentChildren
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <section class="wide-rows" tabIndex={0} aria-label={props.label}>
      <table class={props.class === undefined ? 'rows' : `rows ${props.class}`}>{props.children}</table>
    </section>
  )
}
