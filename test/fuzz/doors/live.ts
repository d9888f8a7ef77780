import { bytesOf, type Door } from './door.ts'

const good = [
  '40/live,',
  '42/live,1["watch",{"site":"north"}]',
  '42/live,2["watch",{"site":"north","zones":["A"]}]',
  '42/live,3["listen",{"site":"north","readers":[{"gateway":"gw","reader":null}]}]',
  '41/live,',
  '2probe',
  '3',
  '451-/live,["watch",{"_placeholder":true,"num":0}]',
].map(bytesOf)

/** Frames of engine.io and socket.io on a WebSocket that was let in. */
export const liveDoor: Door = {
  name: 'socket.io frames',
  async attack(house, chance, { taken, broke }, signal) {
    const token = (await house.street.command('user', 'token', 'frames', '--role', 'viewer')).trim()
    const url = `${house.street.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`
    while (!signal.aborted) {
      // Node's own WebSocket takes headers, which the standard's does not.
      const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } } as never)
      const opened = await new Promise<boolean>((resolve) => {
        socket.addEventListener('open', () => resolve(true))
        socket.addEventListener('error', () => resolve(false))
      })
      if (!opened) {
        if (!signal.aborted) broke('the door let nobody in any more')
        break
      }
      socket.send('40/live,')
      for (let i = 0; i < 50 && socket.readyState === WebSocket.OPEN && !signal.aborted; i += 1) {
        const bytes = chance.bytes(good)
        taken()
        socket.send(chance.pick([true, true, false]) ? new TextDecoder().decode(bytes) : Buffer.from(bytes))
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
      socket.close()
    }
  },
}
