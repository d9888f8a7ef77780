import type { SlotStateName } from '../../shared/board.ts'
import { confidence } from '../location/confidence.ts'
import { unhealthySince, wasHeard } from '../location/reader-health.ts'
import type { TrackedSlot } from './site-state.ts'

/**
 * Unknown when everything that covers the slot has been silent for too long, and when nothing has ever spoken of it: no
 * item, no scan, and no reader before it that was heard. Never empty for such a reason.
 */
export function slotStateOf(slot: TrackedSlot): SlotStateName {
  if (slot.readers.length > 0 && slot.readers.every((reader) => reader.expired)) return 'unknown'
  if (slot.items > 0 || slot.untagged > 0) return 'occupied'
  return slot.asOf === 0 && !slot.readers.some(({ health }) => wasHeard(health)) ? 'unknown' : 'empty'
}

/** Nothing that covers it is healthy: what it held stays, and is believed less. */
export function isFrozen(slot: TrackedSlot): boolean {
  return slot.readers.length > 0 && slot.readers.every(({ health, link }) => unhealthySince(health, link) !== undefined)
}

/**
 * How sure the state of a slot is, 0–1: 0 when unknown; of an empty slot 0.9 while a healthy reader covers it; else by
 * the age of the newest evidence, as for an item seen many times.
 */
export function slotConfidence(slot: TrackedSlot, now: number): number {
  const state = slotStateOf(slot)
  if (state === 'unknown') return 0
  const frozen = isFrozen(slot)
  if (state === 'empty' && slot.readers.length > 0 && !frozen) return 0.9
  if (slot.asOf === 0) return 0
  return confidence({ basis: 'slot', count: 10, sureness: 1, ageMs: now - slot.asOf, frozen })
}
