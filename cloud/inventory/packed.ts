import { readCode, tagsOfCode } from '../../shared/epc/code.ts'
import { isUnit, isUnitObject, objectOf } from '../../shared/epc/object-of.ts'
import type { Scan } from '../../shared/record.ts'
import { itemNamed } from './named.ts'
import type { PackingFact } from './packs.ts'
import { type Changes, type InventoryState, itemOf, type Origin } from './state.ts'
import { tooLateMs } from './weigh.ts'

type Said = Omit<PackingFact, 'recordedAt' | 'offset'>

/** Takes a word on packing. What is told so long after it happened is history, and moves nothing. */
export function takePacked(state: InventoryState, said: Said, origin: Origin, changes: Changes): void {
  const { recordedAt, offset } = origin
  if (recordedAt - said.at > tooLateMs) return
  if (said.parent !== '') itemOf(state, said.parent)
  const fact = { ...said, recordedAt, offset }
  if (state.packs.tell(itemOf(state, said.child), fact)) changes.packings.push(fact)
}

/** `put` without a slot, the label of a unit first: what follows was put on that. */
export function isPacking({ action, slot, codes: [first, ...others] }: Scan): boolean {
  return action === 'put' && slot === undefined && first !== undefined && others.length > 0 && isUnitCode(first)
}

/** What was scanned onto a unit. Answers how many codes name nothing that could be on it. */
export function takePackingScan(
  state: InventoryState,
  record: Scan,
  said: Pick<Said, 'site' | 'at' | 'by'>,
  origin: Origin,
  changes: Changes,
): number {
  const [first, ...others] = record.codes
  const parent = first === undefined ? undefined : epcNamed(state, first)
  const children = others.flatMap((code) => epcNamed(state, code) ?? []).filter((epc) => !isUnit(epc))
  if (parent === undefined) return record.codes.length
  for (const child of children) takePacked(state, { ...said, child, parent, act: 'add' }, origin, changes)
  return others.length - children.length
}

/** Picked by itself it is on no unit any more; picked with a unit it may be. */
export function takePicked(
  state: InventoryState,
  { codes }: Scan,
  said: Pick<Said, 'site' | 'at' | 'by'>,
  origin: Origin,
  changes: Changes,
): void {
  if (codes.some(isUnitCode)) return
  for (const code of codes) {
    const child = epcNamed(state, code)
    if (child !== undefined) takePacked(state, { ...said, child, parent: '', act: 'delete' }, origin, changes)
  }
}

function isUnitCode(code: string): boolean {
  return isUnitObject(objectOf(code))
}

/** Of a barcode the tag of the same object; of a unit that was never heard of the first that it may carry. */
export function epcNamed(state: InventoryState, code: string): string | undefined {
  const known = itemNamed(state, code)?.epc
  if (known !== undefined) return known
  const read = readCode(code)
  if (!read.ok) return undefined
  return read.value.is === 'tag' ? read.value.hex : isUnitCode(code) ? tagsOfCode(read.value)[0] : undefined
}
