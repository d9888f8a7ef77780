import type { GatewayAddress } from '../../shared/wire.ts'
import type { Broker } from '../broker/broker.ts'
import type { GatewayAccounts } from './gateways.ts'

export interface RevocationWatch {
  /** Presence, as the broker tells it. */
  presence(address: GatewayAddress, online: boolean): void
  stop(): void
}

/**
 * Ends the live session of a gateway whose right to connect was taken by another process (the command line works on
 * the same file): looked at every 2 s, so a revocation holds within 5 s.
 */
export function watchRevocations(
  accounts: Pick<GatewayAccounts, 'isInForce'>,
  disconnect: Broker['disconnect'],
  everyMs = 2000,
): RevocationWatch {
  const online = new Map<string, GatewayAddress>()
  const timer = setInterval(() => {
    for (const address of online.values()) if (!accounts.isInForce(address)) void disconnect(address)
  }, everyMs)
  return {
    presence(address, isOnline) {
      const key = `${address.site}/${address.gateway}`
      if (isOnline) online.set(key, address)
      else online.delete(key)
    },
    stop: () => clearInterval(timer),
  }
}
