import type { Random } from '../../shared/clock.ts'
import { openSerialReader, type SerialReader } from './serial-reader.ts'

/**
 * Reader that speaks TSL's ASCII protocol: a line `.iv …` is one round. Each tag is told by the lines `EP:` and `RI:`, the
 * round ends with `OK:` and a blank line; other commands are refused with `ER:`. There is no check value; a spoilt tag
 * lacks its last hex digit.
 */
export function openTsl(options: {
  readonly id: string
  readonly path: string
  readonly random: Random
}): Promise<SerialReader> {
  return openSerialReader(
    {
      take(pending) {
        const end = pending.indexOf(0x0a)
        if (end < 0) return undefined
        return { command: pending.slice(0, end), length: end + 1 }
      },
      obey(command, reader) {
        const line = Buffer.from(command).toString('ascii').trim()
        if (line.startsWith('.iv')) reader.readRound(Buffer.from('OK:\r\n\r\n', 'ascii'))
        else if (line !== '') reader.answer(Buffer.from('ER: 001\r\n\r\n', 'ascii'))
      },
      tag: ({ epc, rssiDbm }) => Buffer.from(`EP: ${epc}\r\nRI: ${Math.round(rssiDbm)}\r\n`, 'ascii'),
      spoil: (frame) =>
        Buffer.from(
          Buffer.from(frame)
            .toString('ascii')
            .replace(/[0-9A-F](?=\r\nRI)/, ''),
        ),
    },
    options,
  )
}
