import { accepted, refused } from '../../shared/decoded.ts'
import { epcFromHex } from './epc.ts'
import { instantFromIso } from './instant.ts'
import type { Decoder } from './reading.ts'

const text = new TextDecoder()

/**
 * One line of a log written by Impinj ItemTest:
 * `timestamp;EPC;TID;antenna;RSSI;frequency;hostname;phase;doppler`, the time with seven decimals and an offset, numbers
 * with a decimal comma. `//` lines are the header: understood, not used. A line without an EPC is refused.
 */
export const decodeItemTestCsv: Decoder = (frame, context) => {
  const line = text.decode(frame)
  if (line.startsWith('//')) return refused('unsupported', 'header')
  const [time, epcText, tidText, antennaText, rssiText] = line.split(';')
  if (epcText === undefined) return refused('format', 'fewer than two columns')
  if (epcText === '') return refused('incomplete', 'no EPC')
  const epc = epcFromHex(epcText)
  if (epc === undefined) return refused('format', 'EPC')
  const at = instantFromIso(time ?? '')
  if (at === undefined) return refused('format', 'time')
  const antenna = antennaText === undefined || antennaText === '' ? 1 : Number(antennaText)
  if (!Number.isInteger(antenna) || antenna < 1 || antenna > 255) return refused('implausible', 'antenna')
  const tid = tidText === undefined ? undefined : epcFromHex(tidText)
  const rssiDbm = rssiText === undefined || rssiText === '' ? Number.NaN : Number(rssiText.replace(',', '.'))
  return accepted([
    {
      type: 'tag',
      at,
      device: context.device,
      antenna,
      epc,
      ...(tid === undefined ? {} : { tid }),
      ...(rssiDbm >= -150 && rssiDbm <= 50 ? { rssiDbm } : {}),
      count: 1,
    },
  ])
}
