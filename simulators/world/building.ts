/** Measures that every hall shares, metres. */
export const bayWidthMetres = 2
export const rackDepthMetres = 1.1
export const aisleMetres = 2.8
/** Between the cold room and the racks of the warm hall. */
export const coldWallMetres = 2
export const sideMarginMetres = 2
export const stagingMetres = 10
export const dockMetres = 6
export const hallGapMetres = 1

/** To the centimetre, so that a map reads well as JSON. */
export function toCentimetre(metres: number): number {
  return Math.round(metres * 100) / 100
}

export function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}
