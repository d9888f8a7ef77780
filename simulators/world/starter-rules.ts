import type { Rule } from '../../shared/rule.ts'

/** The rules that a new warehouse begins with. */
export function starterRules(site: string): readonly Rule[] {
  return [
    {
      type: 'threshold',
      id: 'cold-room-too-warm',
      site,
      name: 'Cold room too warm',
      severity: 1,
      whatToDo:
        'Close the cold room door. If it was closed, check the compressor and call refrigeration. Move goods when 8 °C lasts 30 minutes.',
      enabled: true,
      quantity: 'temperature',
      zone: 'cold-room',
      direction: 'above',
      limit: 8,
      clearAt: 6,
      onDelayMs: 10_000,
    },
    {
      type: 'threshold',
      id: 'too-humid',
      site,
      name: 'Air too humid',
      severity: 3,
      whatToDo: 'Close the dock gates and look for water. Cardboard softens above 90 % for long.',
      enabled: true,
      quantity: 'humidity',
      direction: 'above',
      limit: 90,
      clearAt: 85,
      onDelayMs: 60_000,
    },
    {
      type: 'silent',
      id: 'gateway-silent',
      site,
      name: 'Gateway silent',
      severity: 2,
      whatToDo: 'Check power and network of the gateway. It keeps its data and sends it when the link is back.',
      enabled: true,
      of: 'gateway',
      afterMs: 15_000,
    },
    {
      type: 'silent',
      id: 'reader-silent',
      site,
      name: 'Reader silent',
      severity: 2,
      whatToDo:
        'Check power and cable of the reader. Until it speaks, what it covers keeps its last state, and then turns unknown.',
      enabled: true,
      of: 'reader',
      afterMs: 10_000,
    },
    {
      type: 'misplaced',
      id: 'in-the-wrong-slot',
      site,
      name: 'In the wrong slot',
      severity: 2,
      whatToDo:
        'Take it to the slot where it belongs, chilled goods first. Dock › What should be where says which slot that is.',
      enabled: true,
      onDelayMs: 5_000,
    },
  ]
}
