import { accepted, refused } from '../../shared/decoded.ts'
import { readCode } from '../../shared/epc/code.ts'
import { fnc1 } from '../../shared/epc/element-string.ts'
import { identifierPattern } from '../../shared/identifier-pattern.ts'
import { isScanAction } from '../../shared/record.ts'
import type { Decoder, ScanReading } from './reading.ts'

const longestCode = 512
const label = /^(slot|action|operator):\s*(.+)$/i
const text = new TextDecoder()

/**
 * Barcode scanners on a serial line, and keyboard wedges behind a serial bridge: one code a line, ended by CR, LF or
 * both. Labels that are printed to be scanned say what the codes after them are about: `slot:A-01-2`, `action:put` (pick,
 * move, count), `operator:kim`. Anything else is a code and is handed on as it came, FNC1 (ASCII 29) and symbology
 * identifier included; GS1 elements with a wrong check digit are a misread and refused. The time is the arrival.
 */
export const decodeBarcodeLine: Decoder = (frame, context) => {
  const line = text.decode(frame).replace(/^[ \t\r]+|[ \t\r]+$/g, '')
  if (line === '') return accepted([])
  if (line.length > longestCode) return refused('overlong')
  if (!isPrintable(line)) return refused('format')
  const about = { type: 'scan', at: context.at, device: context.device } as const
  const [, word, value = ''] = label.exec(line) ?? []
  if (word !== undefined) {
    const said = labelOf(word.toLowerCase(), value)
    return said === undefined
      ? refused('implausible', `${word.toLowerCase()} label`)
      : accepted([{ ...about, ...said }])
  }
  const code = readCode(line)
  if (!code.ok && code.reason === 'checksum') return code
  return accepted([{ ...about, codes: [line] }])
}

/** A wrong baud rate shows as control characters and broken UTF-8. */
function isPrintable(line: string): boolean {
  return !/[\p{Cc}\ufffd]/u.test(line.replaceAll(fnc1, ''))
}

function labelOf(word: string, value: string): Pick<ScanReading, 'codes' | 'slot' | 'action' | 'operator'> | undefined {
  if (word === 'slot') return identifierPattern.test(value) ? { codes: [], slot: value } : undefined
  if (word === 'operator') return value.length <= 64 ? { codes: [], operator: value } : undefined
  const action = value.toLowerCase()
  return isScanAction(action) ? { codes: [], action } : undefined
}
