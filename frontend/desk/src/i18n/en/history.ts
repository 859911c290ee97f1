import type zh from '../zh-CN/history'

const history: typeof zh = {
  history: {
    title: 'My last calls',
    titleAll: 'All calls',
    all: 'Show all calls',
    mine: 'Show my calls',
    allOf: 'Calls of all agents',
    allHint: 'Listen to recordings and note wrap-ups. Numbers are shown whole; looking is kept in the audit trail.',
    allEmptyHint: 'Calls and recordings are listed here once there are any.',
    empty: 'No calls yet',
    emptyHint: 'After your first call, calls and recordings are listed here.',
    failed: 'The calls could not be read.',
    more: 'Earlier calls',
    play: 'Play recording',
    noRecording: 'No recording',
    pending: 'Recording in preparation',
    missing: 'Recording missing',
    refresh: 'Refresh',
  },
  outcome: {
    handled: 'Answered',
    abandoned_menu: 'Left in the menu',
    abandoned_queue: 'Left while waiting',
    out_of_area: 'Out of area',
    message: 'Left a message',
    not_reached: 'Not reached',
    unserved: 'Not served',
    rejected: 'Rejected',
    lost: 'Interrupted',
    live: 'In progress',
  },
  player: {
    reason: 'Why you listen (kept in the audit trail)',
    reasons: { order: 'Check an order', complaint: 'Handle a complaint', review: 'Review my wording' },
    otherReason: 'Another reason…',
    go: 'Listen',
    loading: 'Reading the recording…',
    play: 'Play',
    pause: 'Pause playback',
    seek: 'Position',
    caller: 'Caller',
    agent: 'Agent',
  },
}

export default history
