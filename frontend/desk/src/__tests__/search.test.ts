import { effectScope, ref, type EffectScope } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { customers } from '@shared/api/customers'
import type { CustomerRow } from '@shared/api/types'

import { useSearch } from '../search'

describe('the one box', () => {
  const text = ref('')
  const answers: ((names: string[]) => void)[] = []
  let scope: EffectScope
  let box: ReturnType<typeof useSearch>

  beforeEach(() => {
    vi.useFakeTimers()
    text.value = ''
    answers.length = 0
    vi.spyOn(customers, 'search').mockImplementation(
      () => new Promise((done) => answers.push((names) => done({ items: names.map((name) => ({ name }) as CustomerRow), next: null } as never))),
    )
    scope = effectScope()
    box = scope.run(() => useSearch(text))!
  })
  afterEach(() => {
    scope.stop()
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  const type = async (words: string) => {
    text.value = words
    await vi.advanceTimersByTimeAsync(200)
  }
  const answer = async (names: string[]) => {
    answers.at(-1)!(names)
    await vi.advanceTimersByTimeAsync(0)
  }
  const first = () => box.rows.value[0]?.name

  it('takes nobody of an older question when Enter overtakes the answer', async () => {
    await type('0005')
    await answer(['刘女士'])
    const taken: (string | undefined)[] = []
    await type('0002')
    box.once(() => taken.push(first()))
    expect(taken).toEqual([])
    await answer(['陈老师'])
    expect(taken).toEqual(['陈老师'])
    box.once(() => taken.push(first()))
    expect(taken).toEqual(['陈老师', '陈老师'])
  })

  it('forgets an Enter when the typing goes on', async () => {
    const taken: (string | undefined)[] = []
    await type('00')
    box.once(() => taken.push(first()))
    await type('0005')
    await answer(['刘女士'])
    expect(taken).toEqual([])
  })
})
