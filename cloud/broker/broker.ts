import type { GatewayAddress } from '../../shared/wire.ts'

export interface Upward {
  readonly address: GatewayAddress
  readonly channel: 'batch' | 'hello' | 'status'
  readonly payload: Uint8Array
  /** Arrival, Unix ms. */
  readonly at: number
}

export interface BrokerEvents {
  /**
   * One message from a gateway whose identity the broker has proved (credential and topic agree). Called in order per
   * gateway; the broker does not wait for the promise, so the receiver bounds its own queue.
   */
  upward(message: Upward): void
  /** A gateway's connection came or went. */
  presence(address: GatewayAddress, online: boolean): void
}

/** Adapters: embedded aedes, any external MQTT broker by URL. A PUBACK of either is never a receipt. */
export interface Broker {
  /** `mqtt://host:port` that gateways connect to. */
  readonly url: string
  /** Sends down at QoS 1; may be lost (the edge asks again by its next hello). Never throws for an absent gateway. */
  send(address: GatewayAddress, channel: 'ack' | 'config', payload: Uint8Array): Promise<void>
  /** Ends the live session of a gateway, if there is one. */
  disconnect(address: GatewayAddress): Promise<void>
  close(): Promise<void>
}

/** Who may connect. Asked at every CONNECT, so that a revocation holds from the next one. */
export interface GatewayCredentials {
  /** The address that this user name (`site/gateway`) and secret prove, or undefined. Constant time for the secret. */
  verify(username: string, secret: string): Promise<GatewayAddress | undefined>
}
