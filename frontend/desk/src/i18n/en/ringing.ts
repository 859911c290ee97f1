export default {
  ringing: {
    whyOf: 'Why does {name} not ring',
    titleOf: 'Why no ringing: {name}',
    live: 'Every 2 seconds',
    checks: 'Checks',
    passed: 'Fine: ',
    failed: 'Not fine: ',
    calm: 'Note: ',
    reset: 'Forced reset',
    askPlain: 'Lets go of a stuck state and of leftover channels; no conversation is interrupted.',
    askEnds: 'They are in a conversation. A reset ends it: a caller goes back to the queue and the next agent, a call out is hung up.',
    yesPlain: 'Reset',
    yesEnds: 'End the conversation and reset',
    no: 'Cancel',
    later: 'The telephone engine is away: their channels ({legs}) are not ended yet and their device is not known; both follow by themselves when it is back.',
    done: 'Reset; now “{state}”.',
  },
}
