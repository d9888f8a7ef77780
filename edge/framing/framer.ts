import type { RefusalReason } from '../../shared/decoded.ts'

/**
 * Cuts a byte stream into whole frames. The same frames come out however the bytes were split; memory is bounded by
 * the longest legal frame; garbage is skipped up to the next start and counted by reason. Never throws on any bytes.
 */
export interface Framer {
  /** Feeds bytes; calls back once per whole frame (a view that is valid only during the call), in order. */
  push(
    bytes: Uint8Array,
    frame: (bytes: Uint8Array) => void,
    refuse: (reason: RefusalReason, byteCount: number) => void,
  ): void
  /** Forgets a half frame, as after a reconnect; what is dropped is refused as `incomplete`. */
  reset(refuse: (reason: RefusalReason, byteCount: number) => void): void
}
