import { expect, it } from 'vitest'

import { batchIn } from '../scan'

const batches = ['A20261120', 'A2026', '批-7'].map((batch_no) => ({ batch_no, stopped: false, reason: '' }))

it.each([
  ['a2026 1120\n', 'A20261120'],
  ['https://water.example/b?no=A20261120&x=1', 'A20261120'],
  ['18.9L;A2026;2026-11-20', 'A2026'],
  ['批-7', '批-7'],
  ['B77', 'B77'],
  ['https://water.example/', ''],
  ['18.9L 山泉水 / 净含量', ''],
  ['X'.repeat(41), ''],
  ['', ''],
])('finds the batch that a code names: %s', (code, batch) => {
  expect(batchIn(code, batches)).toBe(batch)
})
