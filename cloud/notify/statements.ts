import type { DatabaseSync } from 'node:sqlite'
import { floodWindowMs } from './flood.ts'

/** The sentences in which the queue speaks to its file. */
export function statements(database: DatabaseSync) {
  const prepare = (text: string) => database.prepare(text)
  return {
    channels: prepare('SELECT site, id, channel FROM channel ORDER BY site, id'),
    putChannel: prepare('INSERT OR REPLACE INTO channel (site, id, channel) VALUES (?, ?, ?)'),
    removeChannel: prepare('DELETE FROM channel WHERE site = ? AND id = ?'),
    cursor: prepare('SELECT cursor FROM progress'),
    moveOn: prepare('UPDATE progress SET cursor = ?'),
    waiting: prepare("SELECT count(*) AS n FROM delivery WHERE state = 'waiting' AND site = ? AND channel = ?"),
    giveUpMildest: prepare(`
      UPDATE delivery SET state = 'given-up', reason = ?, done_at = ? WHERE number = (
        SELECT number FROM delivery WHERE state = 'waiting' AND site = ? AND channel = ?
        ORDER BY severity DESC, number LIMIT 1)`),
    giveUpAll: prepare(`
      UPDATE delivery SET state = 'given-up', reason = ?, done_at = due_at
      WHERE state = 'waiting' AND site = ? AND channel = ?`),
    add: prepare(`
      INSERT INTO delivery
        (id, site, channel, event, severity, at, message, made_at, first_due_at, due_at, state, tries)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', 0)`),
    isTaken: prepare('SELECT 1 FROM taken WHERE site = ? AND channel = ? AND alert = ? AND event = ? AND at = ?'),
    taken: prepare(
      'INSERT INTO taken (site, channel, alert, event, at, made_at, delivery) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    spare: prepare(`
      UPDATE delivery SET state = 'spared', reason = 'over before the quiet hours were', done_at = ?1
      WHERE state = 'waiting' AND site = ?2 AND channel = ?3 AND tries = 0 AND first_due_at > ?1
        AND event IN ('ringing', 'escalated')
        AND id IN (SELECT delivery FROM taken WHERE site = ?2 AND channel = ?3 AND alert = ?4)`),
    toldAlone: prepare(`
      SELECT 1 FROM taken JOIN delivery ON delivery.id = taken.delivery
      WHERE taken.site = ? AND taken.channel = ? AND taken.alert = ? AND delivery.event IN ('ringing', 'escalated')
        AND delivery.state IN ('waiting', 'delivered') LIMIT 1`),
    recent: prepare(`
      SELECT count(*) AS n FROM taken
      WHERE site = ? AND channel = ? AND event = 'ringing' AND made_at > ? - ${floodWindowMs}`),
    flood: prepare(`
      SELECT id, message FROM delivery
      WHERE site = ? AND channel = ? AND event = 'flood' AND state = 'waiting' AND tries = 0 LIMIT 1`),
    fill: prepare('UPDATE delivery SET message = ?, severity = min(severity, ?) WHERE id = ?'),
    again: prepare(`
      UPDATE delivery SET state = 'waiting', tries = 0, first_due_at = ?1, due_at = ?1, done_at = NULL
      WHERE id = ?2 AND site = ?3`),
    due: prepare(`
      SELECT id, message, tries, first_due_at AS firstDueAt FROM delivery AS one
      WHERE state = 'waiting' AND site = ?1 AND channel = ?2 AND due_at <= ?3 AND NOT EXISTS (
        SELECT 1 FROM taken AS mine
          JOIN taken AS other ON other.site = mine.site AND other.channel = mine.channel AND other.alert = mine.alert
          JOIN delivery AS earlier ON earlier.id = other.delivery
        WHERE mine.delivery = one.id AND earlier.state = 'waiting' AND earlier.number < one.number)
      ORDER BY severity, number LIMIT 1`),
    nextDue: prepare("SELECT min(due_at) AS at FROM delivery WHERE state = 'waiting' AND due_at > ?"),
    attempt: prepare('INSERT INTO attempt (delivery, at, took_ms, outcome, status, said) VALUES (?, ?, ?, ?, ?, ?)'),
    wait: prepare('UPDATE delivery SET due_at = ?, reason = ?, tries = tries + 1 WHERE id = ?'),
    done: prepare('UPDATE delivery SET state = ?, reason = ?, done_at = ?, tries = tries + 1 WHERE id = ?'),
    prune: prepare(`
      DELETE FROM delivery WHERE number IN (
        SELECT number FROM delivery WHERE state <> 'waiting' AND done_at < ? ORDER BY number LIMIT 1000)`),
    pruneBeyond: prepare(`
      DELETE FROM delivery WHERE number IN (
        SELECT number FROM delivery WHERE state <> 'waiting' AND number <= (SELECT max(number) FROM delivery) - ?
        ORDER BY number LIMIT 1000)`),
  }
}
