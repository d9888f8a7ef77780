import { Counter, Gauge, Registry } from '@prometheus-io/client'
import { refusalReasons } from '../shared/decoded.ts'
import { epcFindings } from './clean/epc-finding.ts'
import { reportRules } from './clean/report-by-exception.ts'
import type { GatewayClock } from './gateway-clock.ts'
import type { LocalRules } from './local-rules.ts'
import type { OutputCounters } from './outputs/open.ts'
import { outputResults } from './outputs/output.ts'
import type { Spool } from './spool/spool.ts'
import type { WatchedAntenna } from './supervision/slice.ts'
import type { DeviceTally, Tally } from './tally.ts'
import type { UplinkCounters } from './uplink/counters.ts'

/** What `/metrics` shows of a gateway: counted by the line itself, read when somebody asks. */
export interface Counted {
  readonly tally: Tally
  readonly spool: Pick<Spool, 'first' | 'next' | 'bytes'>
  readonly clock: Pick<GatewayClock, 'isSynced' | 'doubt' | 'wallErrorMs' | 'monotonicMs'>
  readonly uplink: UplinkCounters
  /** Of rules that run here. */
  readonly alerts: LocalRules['counters']
  readonly outputs: OutputCounters
}

export function registryOf({ tally, spool, clock, uplink, alerts, outputs }: Counted): Registry {
  const registry = new Registry()
  const registers = [registry]
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  const deviceCounter = (name: string, help: string, read: (device: DeviceTally) => number) =>
    new Counter({
      name,
      help,
      labelNames: ['device'],
      registers,
      collect() {
        this.reset()
        for (const [device, counted] of tally.devices) this.inc({ device }, read(counted))
      },
    })

  deviceCounter('edge_frames_total', 'Whole frames and messages taken', ({ frames }) => frames)
  deviceCounter('edge_tag_reads_total', 'Tag reads decoded', ({ tagReads }) => tagReads)
  deviceCounter('edge_sensor_readings_total', 'Sensor readings decoded', ({ sensorReadings }) => sensorReadings)
  deviceCounter('edge_codes_scanned_total', 'Barcodes and tags scanned by hand', ({ codesScanned }) => codesScanned)
  new Counter({
    name: 'edge_refused_total',
    help: 'What could not be used, by reason',
    labelNames: ['device', 'reason'],
    registers,
    collect() {
      this.reset()
      for (const [device, { refused }] of tally.devices) {
        for (const reason of refusalReasons) if (refused[reason] > 0) this.inc({ device, reason }, refused[reason])
      }
    },
  })
  new Counter({
    name: 'edge_measurements_total',
    help: 'Sensor readings by the rule that decided; dead-band and repeated = not stored',
    labelNames: ['rule'],
    registers,
    collect() {
      this.reset()
      for (const rule of reportRules) this.inc({ rule }, tally.measurements[rule])
    },
  })
  new Counter({
    name: 'edge_epcs_total',
    help: 'Tag reads by what stood in the place of the EPC: as-read; unwrapped = hex of hex, mended; tid = no EPC',
    labelNames: ['finding'],
    registers,
    collect() {
      this.reset()
      for (const finding of epcFindings) this.inc({ finding }, tally.epcs[finding])
    },
  })
  new Gauge({
    name: 'edge_device_up',
    help: '1 = the device says something valid, 0 = silent or down',
    labelNames: ['device'],
    registers,
    collect() {
      this.reset()
      for (const [device, { link }] of tally.devices)
        if (link !== 'unknown') this.set({ device }, link === 'up' ? 1 : 0)
    },
  })
  new Gauge({
    name: 'edge_device_clock_offset_ms',
    help: 'What is added to the stamps of a device whose own clock is wrong',
    labelNames: ['device'],
    registers,
    collect() {
      this.reset()
      for (const [device, { clockOffsetMs }] of tally.devices)
        if (clockOffsetMs !== 0) this.set({ device }, clockOffsetMs)
    },
  })
  new Gauge({
    name: 'edge_device_last_frame_age_seconds',
    help: 'Since the last frame of the device that was understood',
    labelNames: ['device'],
    registers,
    collect() {
      this.reset()
      for (const [device, { watched }] of tally.devices) {
        if (watched.lastFrameMs === undefined) continue
        this.set({ device }, Math.max(0, clock.monotonicMs() - watched.lastFrameMs) / 1000)
      }
    },
  })
  new Gauge({
    name: 'edge_device_clock_skew_ms',
    help: 'Least of arrival minus stamp in the last minute; positive: the clock of the device is behind',
    labelNames: ['device'],
    registers,
    collect() {
      this.reset()
      for (const [device, { watched }] of tally.devices) {
        if (watched.skew.skewMs !== undefined) this.set({ device }, watched.skew.skewMs)
      }
    },
  })
  const antennaGauge = (name: string, help: string, read: (antenna: WatchedAntenna) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['device', 'antenna'],
      registers,
      collect() {
        this.reset()
        for (const [device, { watched }] of tally.devices) {
          for (const [antenna, seen] of watched.antennas) this.set({ device, antenna }, read(seen))
        }
      },
    })
  antennaGauge('edge_antenna_reads_per_minute', 'Tag reads of the last whole minute', ({ readsBefore }) => readsBefore)
  antennaGauge('edge_antenna_collapsed', '1 = reads less than a fifth of what it usually reads', ({ rate }) =>
    rate.collapsedSlices > 0 ? 1 : 0,
  )
  new Counter({
    name: 'edge_alerts_total',
    help: 'Alerts of rules that run on this gateway, as they began and ended',
    labelNames: ['state'],
    registers,
    collect() {
      this.reset()
      for (const state of ['raised', 'cleared'] as const) this.inc({ state }, alerts[state])
    },
  })
  new Counter({
    name: 'edge_output_states_total',
    help: 'What became of what outputs were told; replaced = by a newer state of the same rule and subject',
    labelNames: ['output', 'result'],
    registers,
    collect() {
      this.reset()
      for (const [output, counts] of outputs.byOutput)
        for (const result of outputResults) this.inc({ output, result }, counts[result])
    },
  })
  counter(
    'edge_outputs_unknown_total',
    'Times that a rule named an output which is not configured here',
    () => outputs.unknown,
  )
  counter('edge_records_appended_total', 'Records that are durable in the spool', () => tally.appended)
  counter('edge_append_failures_total', 'Appends that the spool refused; tried again', () => tally.appendFailures)
  counter(
    'edge_link_reports_merged_total',
    'Link reports replaced by a newer one while the spool took nothing',
    () => tally.linkReportsMerged,
  )
  gauge('edge_spool_bytes', 'Bytes of the spool on disk', () => spool.bytes)
  gauge('edge_spool_next_sequence', 'Sequence number that the next record will get', () => spool.next)
  gauge(
    'edge_spool_records_kept',
    'Records on disk, acknowledged ones that are kept included',
    () => spool.next - spool.first,
  )
  gauge('edge_clock_synced', '1 = the server has told the time in this boot', () => (clock.isSynced ? 1 : 0))
  gauge('edge_clock_doubted', '1 = the wall clock of the gateway is not believed', () =>
    clock.doubt === undefined ? 0 : 1,
  )
  gauge('edge_clock_wall_error_ms', 'Wall clock minus the time that is believed', () => clock.wallErrorMs)
  for (const name of Object.keys(uplink) as (keyof UplinkCounters)[]) {
    const add = name.endsWith('_total') ? counter : gauge
    add(`edge_${name}`, name.replace(/_total$/, '').replaceAll('_', ' '), () => uplink[name])
  }
  return registry
}
