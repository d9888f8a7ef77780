import type { Clock } from '../../shared/clock.ts'
import type { Journal } from './journal.ts'

/**
 * Journals which sites have as many series as they may, so that it becomes an alert, and which have room again. Every
 * site is told of once after the start: the budget may have been another one before.
 */
export function watchBudgets(
  journal: Pick<Journal, 'appendOwn'>,
  asked: { readonly sites: () => readonly string[]; readonly fullSites: () => readonly string[] },
  clock: Clock,
  everyMs = 5000,
): { stop(): void } {
  const told = new Map<string, 'full' | 'room'>()
  const timer = setInterval(() => {
    const full = new Set(asked.fullSites())
    for (const site of new Set([...asked.sites(), ...full])) {
      const state = full.has(site) ? 'full' : 'room'
      if (told.get(site) === state) continue
      told.set(site, state)
      // A journal that cannot write has an alarm of its own; the next look tries again.
      journal.appendOwn(site, [{ kind: 'series-budget', at: clock.now(), state }]).catch(() => told.delete(site))
    }
  }, everyMs)
  return { stop: () => clearInterval(timer) }
}
