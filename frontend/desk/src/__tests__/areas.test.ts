import { describe, expect, it } from 'vitest'

const files = import.meta.glob<{ default: Record<string, unknown> }>('../i18n/*/*.ts', { eager: true })

describe('areas of words', () => {
  it.each(['zh-CN', 'en'])('have names of their own in %s: of two with one name, one would be lost', (locale) => {
    const areas = Object.entries(files).filter(([path]) => path.includes(`/${locale}/`) && !path.endsWith('index.ts'))
    const names = areas.flatMap(([, file]) => Object.keys(file.default))
    expect(areas.length).toBeGreaterThan(5)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })
})
