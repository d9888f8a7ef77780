/**
 * A barcode scanner that pretends to be a keyboard types faster than anybody, and ends with Enter or Tab: so no field
 * need be focused to be scanned into.
 */
export interface Wedge {
  readonly text: string
  /** When the last key came, ms. */
  readonly at: number
}

export const silentWedge: Wedge = { text: '', at: 0 }
/** Between two keys of a scanner. Nobody types a whole code at that pace. */
export const wedgeGapMs = 35
const shortestCode = 3
const longestCode = 512

/** `key` as in `KeyboardEvent.key`. `code`: what was scanned, complete; `null` = nothing yet. */
export function heardKey(
  wedge: Wedge,
  key: string,
  at: number,
): { readonly wedge: Wedge; readonly code: string | null } {
  const isFast = wedge.text !== '' && at - wedge.at <= wedgeGapMs
  if (key === 'Enter' || key === 'Tab') {
    const code = isFast && wedge.text.length >= shortestCode ? wedge.text : null
    return { wedge: silentWedge, code }
  }
  // Shift and the like come between the letters of a scan, and are none.
  if ([...key].length !== 1) return { wedge, code: null }
  const text = isFast ? wedge.text + key : key
  return { wedge: { text: text.slice(0, longestCode), at }, code: null }
}
