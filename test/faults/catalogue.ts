import { cloudKillCases } from './cases/cloud-kill.ts'
import { diskCases } from './cases/disks.ts'
import { influxdbCases } from './cases/influxdb.ts'
import { linkCases } from './cases/links.ts'
import { spoolDamageCases } from './cases/spool-damage.ts'
import { spoolSyscallCases } from './cases/spool-syscalls.ts'
import type { FaultCase, NotInjected } from './fault-case.ts'

/** Every fault that the harness injects. */
export const faultCases: readonly FaultCase[] = [...spoolSyscallCases, ...cloudKillCases, ...influxdbCases, ...diskCases, ...spoolDamageCases, ...linkCases]

/** The rest of the 47, each with its reason. */
export const notInjected: readonly NotInjected[] = []
