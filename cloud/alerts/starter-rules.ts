import type { Rule } from '../../shared/rule.ts'

/**
 * What every site is given with its first map, so that a dead gateway does not go unnoticed on a site for which nobody
 * has written a rule yet. Quiet enough for a night without traffic: a reader that hears no tag is not silent as long as
 * its connection stands. They can be changed and removed like any other rule.
 */
export function starterRules(site: string): readonly Rule[] {
  return [
    {
      type: 'silent',
      id: `gateway-silent.${site}`.slice(0, 64),
      site,
      name: 'Gateway silent',
      severity: 2,
      whatToDo: 'Check power and network of the gateway. It keeps its data and sends it when the link is back.',
      enabled: true,
      of: 'gateway',
      afterMs: 60_000,
    },
    {
      type: 'silent',
      id: `reader-silent.${site}`.slice(0, 64),
      site,
      name: 'Reader silent',
      severity: 2,
      whatToDo:
        'Check power and cable of the reader. Until it speaks, what it covers keeps its last state, and then turns unknown.',
      enabled: true,
      of: 'reader',
      afterMs: 30_000,
    },
    {
      type: 'silent',
      id: `antenna-weak.${site}`.slice(0, 64),
      site,
      name: 'Antenna reads far less than usual',
      severity: 3,
      whatToDo:
        'Look at the cable and connector of the antenna, and for metal or water in front of it. If goods were only ' +
        'taken away, the alert ends by itself.',
      enabled: true,
      of: 'antenna',
      afterMs: 5 * 60_000,
    },
    {
      type: 'spool',
      id: `spool-filling.${site}`.slice(0, 64),
      site,
      name: 'Spool of a gateway fills up',
      severity: 2,
      whatToDo:
        'More comes in than its link takes away. Look at the link and at what else uses it; the page Gateways says when ' +
        'the spool will be full. From then on records are given up.',
      enabled: true,
      limitPercent: 50,
      clearAtPercent: 25,
      onDelayMs: 0,
    },
    {
      type: 'gap',
      id: `records-lost.${site}`.slice(0, 64),
      site,
      name: 'A gateway had to give records up',
      severity: 2,
      whatToDo:
        'Its spool was full: the link was away for too long, or is too slow. Restore the link, or give the gateway more ' +
        'disk. What is missing is listed with the gateway.',
      enabled: true,
      atLeast: 1,
      quietMs: 3_600_000,
    },
    {
      type: 'clock',
      id: `clock-wrong.${site}`.slice(0, 64),
      site,
      name: 'Clock of a gateway is wrong',
      severity: 3,
      whatToDo: 'Nothing is lost: its times are set right. Check the time server (NTP) and the battery of its clock.',
      enabled: true,
      limitMs: 60_000,
    },
    {
      type: 'silent',
      id: `sensor-silent.${site}`.slice(0, 64),
      site,
      name: 'Sensor silent',
      severity: 3,
      whatToDo: 'Check battery, cable and radio of the sensor. Its last value is a memory.',
      enabled: true,
      of: 'sensor',
      afterMs: 30 * 60_000,
    },
  ]
}
