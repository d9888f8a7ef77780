import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BoardPage, openBoardPage } from '../support/board-page.ts'
import { openStreet, type Street } from '../support/street.ts'
import { until } from '../support/until.ts'
import { smallMap } from '../support/warehouse.ts'

/** Somebody is let in by a link, sets a password, and comes back with it. */

let street: Street
let board: BoardPage
beforeAll(async () => {
  street = await openStreet('harbour')
  await street.startCloud()
  await street.send('PUT', '/sites/harbour/map', smallMap('harbour'))
  board = await openBoardPage(await street.linkFor('mia', 'supervisor'))
})
afterAll(async () => {
  await board.close()
  await street.remove()
})

const password = 'three grey pallets'

test('by link; the page tells who she is and what she may do', async () => {
  await board.untilLive()
  await board.page.getByRole('link', { name: 'My account' }).click()
  await board.page.getByText('Supervisor, harbour').waitFor()
  await board.picture('account')
  expect(await board.serious()).toEqual([])
})

test('a weak password is not taken, a good one is', async () => {
  const set = async (text: string) => {
    await board.page.getByLabel('New password').fill(text)
    await board.page.getByRole('button', { name: 'Save password' }).click()
  }
  await set('mia mia mia mia')
  await board.page.getByText('Too easy to guess').waitFor()
  await set(password)
  await board.page.getByText('Saved.').waitFor()
})

test('out, and in again by name and password; a wrong one is told in words', async () => {
  await board.page.getByRole('button', { name: 'Sign out' }).click()
  await board.page.getByText('needs a sign-in link or a password').waitFor()
  await board.picture('sign-in')
  expect(await board.serious()).toEqual([])
  const enter = async (text: string) => {
    await board.page.getByLabel('Name').fill('mia')
    await board.page.getByLabel('Password').fill(text)
    await board.page.keyboard.press('Enter')
  }
  await enter('three grey palettes')
  await board.page.getByText('The name or the password is wrong.').waitFor()
  await board.page.getByRole('button', { name: /中文/ }).click()
  await board.page.getByText('用户名或密码错误。').waitFor()
  await board.picture('sign-in-zh')
  await board.page.getByRole('button', { name: /English/ }).click()
  await enter(password)
  await board.untilLive()
})

test('who is removed is out within seconds', async () => {
  await street.command('user', 'remove', 'mia')
  await until('the page asks to sign in', async () => board.page.getByText('needs a sign-in link').isVisible())
})
