import { expect, test } from 'vitest'
import { allowedOf, mayReach } from '../../../cloud/notify/network.ts'

const nothing = allowedOf([])

test.each([
  ['8.8.8.8', true],
  ['2606:4700:4700::1111', true],
  ['127.0.0.1', false],
  ['127.8.9.1', false],
  ['0.0.0.0', false],
  ['10.0.0.1', false],
  ['100.64.0.1', false],
  ['169.254.169.254', false],
  ['172.16.0.1', false],
  ['172.32.0.1', true],
  ['192.168.1.1', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['::', false],
  ['::1', false],
  ['::ffff:8.8.8.8', false],
  ['::ffff:10.0.0.1', false],
  ['::ffff:a9fe:a9fe', false],
  ['::7f00:1', false],
  ['64:ff9b::a00:1', false],
  ['fe80::1', false],
  ['fec0::1', false],
  ['fc00::1', false],
  ['fd00:ec2::254', false],
  ['ff02::1', false],
  ['2001::1', false],
  ['2001:db8::1', false],
  ['2002:a00:1::', false],
  ['', false],
  ['localhost', false],
])('%s: %s', (address, may) => {
  expect(mayReach(nothing, address, address)).toBe(may)
})

test.each([
  ['hooks.lan', 'hooks.lan', '10.0.0.7', true],
  ['hooks.lan', 'HOOKS.lan', '10.0.0.7', true],
  ['hooks.lan', 'other.lan', '10.0.0.7', false],
  ['10.1.0.0/16', 'other.lan', '10.1.2.3', true],
  ['10.1.0.0/16', 'other.lan', '10.2.2.3', false],
  ['10.1.2.3', 'other.lan', '10.1.2.3', true],
  ['fd00::/8', 'other.lan', 'fd00::1', true],
])('%s allows %s at %s: %s', (allow, host, address, may) => {
  expect(mayReach(allowedOf([allow]), host, address)).toBe(may)
})
