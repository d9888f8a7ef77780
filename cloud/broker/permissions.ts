import { type Channel, type GatewayAddress, parseTopic, topicOf } from '../../shared/wire.ts'

/** What a gateway may do, decided by its proven address alone. The same rules, executed or written out for a broker. */

export const upwardChannels = ['batch', 'hello', 'status'] as const
export type UpwardChannel = (typeof upwardChannels)[number]
const downwardChannels = ['ack', 'config'] as const
export type DownwardChannel = (typeof downwardChannels)[number]

/** The channel, when this gateway may publish to the topic. */
export function mayPublish(address: GatewayAddress, topic: string): UpwardChannel | undefined {
  const named = parseTopic(topic)
  if (named === undefined || named.site !== address.site || named.gateway !== address.gateway) return undefined
  return upwardChannels.find((channel) => channel === named.channel)
}

/**
 * The channel, when this gateway may subscribe with the filter. A filter is compared as a filter, letter by letter:
 * one with a wildcard would match more than it names, so it equals none of ours.
 */
export function maySubscribe(address: GatewayAddress, filter: string): DownwardChannel | undefined {
  return downwardChannels.find((channel) => topicOf(address, channel) === filter)
}

/** User name that a gateway signs in with, here and at an external broker; its MQTT client id is the same. */
export function usernameOf({ site, gateway }: GatewayAddress): string {
  return `${site}/${gateway}`
}

/** Lines for Mosquitto's `acl_file` that let a gateway do what it must and nothing else. */
export function mosquittoPermissions(address: GatewayAddress): string {
  return [
    `user ${usernameOf(address)}`,
    ...upwardChannels.map((channel) => `topic write ${topicOf(address, channel)}`),
    ...downwardChannels.map((channel) => `topic read ${topicOf(address, channel)}`),
    '',
  ].join('\n')
}

/** The same as terms of EMQX's `acl.conf`; whatever they do not allow is denied. */
export function emqxPermissions(address: GatewayAddress): string {
  const user = `{user, "${usernameOf(address)}"}`
  const topics = (channels: readonly Channel[]) =>
    channels.map((channel) => `"${topicOf(address, channel)}"`).join(', ')
  return [
    `{allow, ${user}, publish, [${topics(upwardChannels)}]}.`,
    `{allow, ${user}, subscribe, [${topics(downwardChannels)}]}.`,
    `{deny, ${user}, all, ["#"]}.`,
    '',
  ].join('\n')
}

/** Lines for Mosquitto's `acl_file` for the cloud's own user: hears all gateways, answers all gateways. */
export function mosquittoCloudPermissions(username: string): string {
  return [
    `user ${username}`,
    ...upwardChannels.map((channel) => `topic read warepulse/v1/+/+/${channel}`),
    ...downwardChannels.map((channel) => `topic write warepulse/v1/+/+/${channel}`),
    '',
  ].join('\n')
}
