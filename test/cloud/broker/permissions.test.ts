import { describe, expect, test } from 'vitest'
import {
  emqxPermissions,
  mayPublish,
  maySubscribe,
  mosquittoCloudPermissions,
  mosquittoPermissions,
} from '../../../cloud/broker/permissions.ts'

const a = { site: 'north', gateway: 'a' }
const own = 'warepulse/v1/north/a'

describe('publish', () => {
  for (const [topic, channel] of [
    [`${own}/batch`, 'batch'],
    [`${own}/hello`, 'hello'],
    [`${own}/status`, 'status'],
    [`${own}/ack`, undefined],
    [`${own}/config`, undefined],
    ['warepulse/v1/north/b/batch', undefined],
    ['warepulse/v1/south/a/batch', undefined],
    ['warepulse/v2/north/a/batch', undefined],
    [`${own}/batch/more`, undefined],
    [`/${own}/batch`, undefined],
    ['$SYS/broker/new/clients', undefined],
    ['', undefined],
  ] as const)
    test(`${topic || '(empty)'} → ${channel ?? 'refused'}`, () => expect(mayPublish(a, topic)).toBe(channel))
})

describe('subscribe', () => {
  for (const [filter, channel] of [
    [`${own}/ack`, 'ack'],
    [`${own}/config`, 'config'],
    [`${own}/batch`, undefined],
    [`${own}/#`, undefined],
    [`${own}/+`, undefined],
    ['warepulse/v1/+/+/ack', undefined],
    ['warepulse/v1/north/+/ack', undefined],
    ['warepulse/v1/north/b/ack', undefined],
    ['#', undefined],
    ['+/+/#', undefined],
    ['$SYS/#', undefined],
    [`$share/g/${own}/ack`, undefined],
  ] as const)
    test(`${filter} → ${channel ?? 'refused'}`, () => expect(maySubscribe(a, filter)).toBe(channel))
})

test('written out for Mosquitto', () => {
  expect(mosquittoPermissions(a)).toBe(
    'user north/a\n' +
      'topic write warepulse/v1/north/a/batch\ntopic write warepulse/v1/north/a/hello\ntopic write warepulse/v1/north/a/status\n' +
      'topic read warepulse/v1/north/a/ack\ntopic read warepulse/v1/north/a/config\n',
  )
  expect(emqxPermissions(a)).toBe(
    '{allow, {user, "north/a"}, publish, ["warepulse/v1/north/a/batch", "warepulse/v1/north/a/hello", "warepulse/v1/north/a/status"]}.\n' +
      '{allow, {user, "north/a"}, subscribe, ["warepulse/v1/north/a/ack", "warepulse/v1/north/a/config"]}.\n' +
      '{deny, {user, "north/a"}, all, ["#"]}.\n',
  )
  expect(mosquittoCloudPermissions('cloud')).toContain('topic read warepulse/v1/+/+/batch\n')
})
