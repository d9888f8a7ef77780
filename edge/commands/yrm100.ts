import { type Dialect, type ReaderSettings, refuseBeyond } from './dialect.ts'

const codes = { region: 0x07, inventory: 0x27, stop: 0x28, power: 0xb6 } as const
const regionCodes = { china: 0x01, fcc: 0x02, etsi: 0x03, korea: 0x06 } as const
const answer = 0x01
const errorAnswer = 0xff

/** YRM100, M100, R200 and JRD-4035 (M100 command manual). They have one antenna; region and power are kept in RAM. */
export const yrm100Dialect: Dialect = {
  refuse: (settings) => refuseBeyond(settings, { powerDbm: [0, 30], regions: ['etsi', 'fcc', 'china', 'korea'] }),
  setUp({ powerDbm, region }: ReaderSettings) {
    const set = [
      ...(region === undefined ? [] : [command(codes.region, regionCodes[region])]),
      // Hundredths of a dBm.
      ...(powerDbm === undefined ? [] : [command(codes.power, (powerDbm * 100) >> 8, (powerDbm * 100) & 0xff)]),
    ]
    // While it reads it takes no settings.
    return set.length === 0 ? [] : [command(codes.stop), ...set]
  },
  // Reserved 22, FFFF rounds. They end: started anew when the module says no more.
  inventory: () => [command(codes.inventory, 0x22, 0xff, 0xff)],
  isPolled: false,
  stop: command(codes.stop),
  judge(frame, sent) {
    // The inventory is answered by its rounds: tags, or the error "no tag".
    if (sent[2] === codes.inventory) return 'done'
    if (frame[1] !== answer) return 'other'
    if (frame[2] === errorAnswer) return 'failed'
    return frame[2] === sent[2] ? 'done' : 'other'
  },
}

function command(code: number, ...parameters: readonly number[]): Uint8Array {
  const body = [0x00, code, 0x00, parameters.length, ...parameters]
  const sum = body.reduce((total, byte) => total + byte, 0)
  return Uint8Array.of(0xbb, ...body, sum & 0xff, 0x7e)
}
