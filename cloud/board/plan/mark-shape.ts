/** Outlines of the four alarm marks in a 24 × 24 box: octagon, triangle, square, circle. Canvas and SVG share them. */
const markPaths = [
  'M8.2 2.5h7.6l5.7 5.7v7.6l-5.7 5.7H8.2l-5.7-5.7V8.2z',
  'M12 1.8 23 21.6H1z',
  'M3 3h18v18H3z',
  'M12 2.2a9.8 9.8 0 1 1 0 19.6 9.8 9.8 0 0 1 0-19.6z',
] as const

/** Where the digit stands in the box: the triangle's belly lies low. */
export const markDigitY = [12.2, 15.4, 12.2, 12.2] as const
/** From corner to corner behind what is kept quiet, without crossing its digit. */
export const markStrikePath = 'M-1 25 6.5 17.5M17.5 6.5 25-1'
export const markTickPath = 'M7 12.6l3.4 3.6L17 8.8'

export function markPath(severity: number): string {
  return markPaths[severity - 1] ?? markPaths[3]
}
