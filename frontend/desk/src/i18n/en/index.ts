import type zh from '../zh-CN'
import call from './call'
import customer from './customer'
import factor from './factor'
import floor from './floor'
import frame from './frame'
import history from './history'
import order from './order'
import phone from './phone'

const en: typeof zh = { ...call, ...customer, ...factor, ...floor, ...frame, ...history, ...order, ...phone }

export default en
