export default {
  knowledge: {
    search: 'Look up',
    hint: 'A few words, such as: voucher',
    none: 'Nothing found.',
    say: 'Say to the customer',
    use: 'It helped: note it',
    unuse: 'Do not note it',
    used: 'Noted',
    uses: '{n} times in 30 days',
    missed: 'Nothing on “{words}”: tell the owner',
    told: 'Noted; the owner will write it.',
    joint: ', ',
  },
}
