import type zh from '../zh-CN/floor'

const floor: typeof zh = {
  queue: {
    title: 'Queue',
    waiting: 'Waiting',
    longest: 'longest',
    empty: 'Nobody is waiting',
    more: '{n} more',
    mine: 'My queues',
    anyQueue: 'No queue yet',
  },
  team: { title: 'Colleagues', empty: 'No other agent is at work', online: '{n} online' },
  caller: { unknown: 'Unknown number', anonymous: 'Anonymous caller', masked: 'The number may be hidden by forwarding; it does not identify the customer' },
  intent: {
    order: 'Order water',
    aftersale: 'After-sales',
    after_sale: 'After-sales',
    enterprise: 'Business orders',
    group: 'Business orders',
    complaint: 'Complaint',
    agent: 'Agent',
    human: 'Agent',
    other: 'Other',
  },
  region: { unknown: 'Region unknown', joint: ', ', '341502': 'Jin’an', '341503': 'Yu’an', '341504': 'Yeji', '341522': 'Huoqiu', '341523': 'Shucheng', '341524': 'Jinzhai', '341525': 'Huoshan' },
}

export default floor
