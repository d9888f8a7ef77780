import type { z } from 'zod'
import { readCode, tagsOfCode } from '../../shared/epc/code.ts'
import { isUnitObject, objectOf, objectOfTag } from '../../shared/epc/object-of.ts'
import type { Scan } from '../../shared/record.ts'
import { isPacking } from '../inventory/packed.ts'
import { tooLateMs } from '../inventory/weigh.ts'
import type { Aggregated } from '../journal/own-record.ts'
import { rematchPacked } from './live.ts'
import type { GoodsChanges, GoodsState } from './state.ts'
import type { Named } from './wanted.ts'

/** What was said of packing. The stock takes the same words for itself; here they say what a pallet carries through a gate. */
export function takeAggregation(
  state: GoodsState,
  { act, parent, children, at }: z.infer<typeof Aggregated>,
  recordedAt: number,
  changes: GoodsChanges,
): void {
  if (act === 'reject') return
  for (const epc of children) {
    tell(state, { object: objectOfTag(epc), epc }, { unit: objectOfTag(parent), at, act }, recordedAt, changes)
  }
}

/** Put on a unit, or picked off whatever it was on: `put` and `pick` as the stock takes them. */
export function takeScan(
  state: GoodsState,
  site: string,
  record: Scan,
  at: number,
  recordedAt: number,
  changes: GoodsChanges,
): void {
  const objects = record.codes.map((code) => ({ code, object: objectOf(code) }))
  const isOnto = isPacking(record)
  if (!isOnto && (record.action !== 'pick' || objects.some(({ object }) => isUnitObject(object)))) return
  const unit = (isOnto ? objects.shift()?.object : undefined) ?? ''
  for (const { code, object } of objects) {
    if (object === undefined) continue
    const named = { object, epc: epcOf(state, site, code) ?? object }
    tell(state, named, { unit, at, act: isOnto ? 'add' : 'delete' }, recordedAt, changes)
  }
}

/** The tag that a code names; a barcode speaks for the tag of the same object, where something is known of that. */
export function epcOf(state: GoodsState, site: string, code: string): string | undefined {
  const read = readCode(code)
  if (!read.ok) return undefined
  if (read.value.is === 'tag') return read.value.hex
  return tagsOfCode(read.value).find((tag) => state.facts.get(site, tag) !== undefined) ?? objectOf(code)
}

function tell(
  state: GoodsState,
  named: Named,
  fact: Parameters<GoodsState['packed']['tell']>[1],
  recordedAt: number,
  changes: GoodsChanges,
): void {
  if (recordedAt - fact.at > tooLateMs || isUnitObject(named.object) || !(fact.unit === '' || isUnitObject(fact.unit)))
    return
  if (!state.packed.tell(named, fact)) return
  for (const site of rematchPacked(state, named.object, fact.at)) changes.sites.add(site)
}
