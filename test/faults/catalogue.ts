import { cloudKillCases } from './cases/cloud-kill.ts'
import { influxdbCases } from './cases/influxdb.ts'
import { spoolSyscallCases } from './cases/spool-syscalls.ts'
import type { FaultCase, NotInjected } from './fault-case.ts'

/** Every fault that the harness injects. */
export const faultCases: readonly FaultCase[] = [...spoolSyscallCases, ...cloudKillCases, ...influxdbCases]

/** The rest of the 47, each with its reason. */
export const notInjected: readonly NotInjected[] = []
