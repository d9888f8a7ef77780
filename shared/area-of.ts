// Apart from the schema, so that a page of the board which asks needs no schema library.
import type { OperatorArea } from './operator-area.ts'

/** The id of the area that a zone is in, or its own; null: it is about no zone, as what concerns a gateway is. */
export function areaOf(areas: readonly OperatorArea[] | undefined, zone: string | null): string | null {
  if (zone === null) return null
  return areas?.find(({ zones }) => zones.includes(zone))?.id ?? zone
}

/** The zones that an area answers for; of what is no area, the zone itself. */
export function zonesOf(areas: readonly OperatorArea[] | undefined, area: string): readonly string[] {
  return areas?.find(({ id }) => id === area)?.zones ?? [area]
}
