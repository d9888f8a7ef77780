import type { Journal } from '../journal/journal.ts'
import type { GatewayAccounts } from './gateways.ts'

/**
 * Releases frozen gateways when another process (the command line works on the same file) asked for it: looked at
 * every 2 s. A journal that cannot write now is asked again.
 */
export function watchReleases(
  accounts: Pick<GatewayAccounts, 'releasesAsked' | 'releaseDone'>,
  journal: Pick<Journal, 'release'>,
  everyMs = 2000,
): { stop(): void } {
  const timer = setInterval(() => {
    for (const address of accounts.releasesAsked()) {
      journal.release(address, 'gateway unfork').then(
        () => accounts.releaseDone(address),
        () => undefined,
      )
    }
  }, everyMs)
  return { stop: () => clearInterval(timer) }
}
