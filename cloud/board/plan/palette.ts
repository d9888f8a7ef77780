/** The colours of the style sheet, as the canvas needs them. */
export interface Palette {
  readonly background: string
  readonly surface: string
  readonly text: string
  readonly secondary: string
  readonly outline: string
  readonly empty: string
  readonly occupied: string
  readonly zone: string
  readonly markOutline: string
  readonly halo: string
  readonly severity: readonly { readonly fill: string; readonly digit: string }[]
  readonly font: string
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element)
  const token = (name: string) => style.getPropertyValue(name).trim()
  return {
    background: token('--background'),
    surface: token('--surface'),
    text: token('--text'),
    secondary: token('--secondary'),
    outline: token('--slot-outline'),
    empty: token('--slot-empty'),
    occupied: token('--slot-occupied'),
    zone: token('--line-strong'),
    markOutline: token('--mark-outline'),
    halo: token('--mark-halo'),
    severity: [1, 2, 3, 4].map((n) => ({ fill: token(`--p${n}`), digit: token(`--p${n}-digit`) })),
    font: style.fontFamily,
  }
}
