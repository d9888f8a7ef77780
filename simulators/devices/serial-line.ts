import type { Random } from '../../shared/clock.ts'
import { type Misbehaviour, onTheWire, wellBehaved } from '../faults.ts'
import { openPty, type Pty } from './pty.ts'

/** A serial line that can be unplugged and plugged in again, and on which frames suffer what the wire does to them. */
export interface SerialLine {
  readonly isPlugged: boolean
  /** Answers whether the frame left the device whole and unharmed. */
  send(frame: Uint8Array): boolean
  misbehave(change: Partial<Misbehaviour>): void
  plug(): Promise<void>
  unplug(): Promise<void>
}

export function serialLine(options: {
  readonly path: string
  readonly random: Random
  /** Makes the check value of a frame wrong. */
  readonly spoil: (frame: Uint8Array) => Uint8Array
  readonly received: (bytes: Uint8Array) => void
}): SerialLine {
  let misbehaviour = wellBehaved
  let pty: Pty | undefined
  /** Plugging and unplugging happen one after the other. */
  let turn: Promise<void> = Promise.resolve()
  const inTurn = (act: () => Promise<void>) => {
    turn = turn.then(act, act)
    return turn
  }
  return {
    get isPlugged() {
      return pty !== undefined
    },
    send(frame) {
      const line = pty
      if (line === undefined) return false
      let isHarmed = misbehaviour.silent
      const spoil = (whole: Uint8Array) => {
        isHarmed = true
        return options.spoil(whole)
      }
      for (const bytes of onTheWire(frame, misbehaviour, spoil, options.random)) {
        if (!line.write(bytes)) isHarmed = true
      }
      return !isHarmed
    },
    misbehave(change) {
      misbehaviour = { ...misbehaviour, ...change }
    },
    plug: () =>
      inTurn(async () => {
        if (pty !== undefined) return
        const opened = await openPty(options.path, options.received)
        pty = opened
        void opened.closed.then(() => {
          if (pty === opened) pty = undefined
        })
      }),
    unplug: () =>
      inTurn(async () => {
        const line = pty
        pty = undefined
        await line?.close()
      }),
  }
}
