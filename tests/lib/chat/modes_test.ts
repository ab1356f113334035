import { DEFAULT_LIMITS as LIMITS } from "../../../lib/chat/limits.ts";
import { testTranscripts } from "../../support/chat_driver.ts";

testTranscripts([
  {
    name: "MODE of a channel: 324 and 329, the key only for members",
    clients: ["ann", "bob"],
    setup: "ann > JOIN #a",
    play: `
      ann > MODE #A
      ann < :irc.test 324 ann #a +nt
      ann < :irc.test 329 ann #a 1700000000
      ann > MODE #a +klm secret 9
      ann < :ann!~ann@h MODE #a +klm secret 9
      ann > MODE #a
      ann < :irc.test 324 ann #a +mntkl secret 9
      ann < :irc.test 329 ann #a 1700000000
      bob > MODE #a
      bob < :irc.test 324 bob #a +mntkl * 9
      bob < :irc.test 329 bob #a 1700000000
      bob > MODE #x
      bob < :irc.test 403 bob #x :No such channel
      bob > MODE
      bob < :irc.test 461 bob MODE :Not enough parameters`,
  },
  {
    name: "MODE: only what really changed is told, with signs and parameters in order",
    clients: ["ann", "bob"],
    setup: `
      ann > JOIN #a
      bob > JOIN #a`,
    play: `
      ann > MODE #a +nt-i
      ann > MODE #a -n+im-t+o BOB
      ann < :ann!~ann@h MODE #a -n+im-t+o bob
      bob < :ann!~ann@h MODE #a -n+im-t+o bob
      ann > MODE #a +o bob
      bob > MODE #a -o+v ann ann
      ann < :bob!~bob@h MODE #a -o+v ann ann
      bob < :bob!~bob@h MODE #a -o+v ann ann
      ann > MODE #a -m
      ann < :irc.test 482 ann #a :You're not channel operator
      bob > MODE #a s
      ann < :bob!~bob@h MODE #a +s
      bob < :bob!~bob@h MODE #a +s`,
  },
  {
    name: "MODE: what is refused, once each, while the rest is done",
    clients: ["ann", "bob", "cid"],
    setup: `
      ann > JOIN #a
      bob > JOIN #a`,
    play: `
      ann > MODE #a +xXx
      ann < :irc.test 472 ann x :is unknown mode char to me
      ann < :irc.test 472 ann X :is unknown mode char to me
      ann > MODE #a +xm-y
      ann < :irc.test 472 ann x :is unknown mode char to me
      ann < :irc.test 472 ann y :is unknown mode char to me
      ann < :ann!~ann@h MODE #a +m
      bob < :ann!~ann@h MODE #a +m
      ann > MODE #a +oov dan cid bob
      ann < :irc.test 401 ann dan :No such nick/channel
      ann < :irc.test 441 ann cid #a :They aren't on that channel
      ann < :ann!~ann@h MODE #a +v bob
      bob < :ann!~ann@h MODE #a +v bob
      ann > MODE #a +okvlo-o
      ann < :irc.test 696 ann #a o * :Parameter is missing
      ann < :irc.test 696 ann #a k * :Parameter is missing
      ann < :irc.test 696 ann #a v * :Parameter is missing
      ann < :irc.test 696 ann #a l * :Parameter is missing
      bob > MODE #a +k
      bob < :irc.test 482 bob #a :You're not channel operator
      bob > MODE #a -mnt
      bob < :irc.test 482 bob #a :You're not channel operator
      cid > MODE #a -mn
      cid < :irc.test 442 cid #a :You're not on that channel`,
  },
  {
    name: "MODE +k and +l: values that are refused, and their removal",
    clients: ["ann"],
    setup: "ann > JOIN #a",
    play: `
      ann > MODE #a +k :with space
      ann < :irc.test 696 ann #a k * :Key is not well-formed
      ann > MODE #a +k :
      ann < :irc.test 696 ann #a k * :Key is not well-formed
      ann > MODE #a +k a,b
      ann < :irc.test 696 ann #a k * :Key is not well-formed
      ann > MODE #a +k aaaaaaaaaaaaaaaaaaaaaaaa
      ann < :irc.test 696 ann #a k * :Key is not well-formed
      ann > MODE #a +l 0
      ann < :irc.test 696 ann #a l 0 :Limit is not a positive number
      ann > MODE #a +l -1
      ann < :irc.test 696 ann #a l -1 :Limit is not a positive number
      ann > MODE #a +l 012
      ann < :ann!~ann@h MODE #a +l 12
      ann > MODE #a +k one
      ann < :ann!~ann@h MODE #a +k one
      ann > MODE #a +k one
      ann > MODE #a -kl anything
      ann < :ann!~ann@h MODE #a -kl *
      ann > MODE #a -kl
      ann > MODE #a +k one
      ann < :ann!~ann@h MODE #a +k one
      ann > MODE #a -k
      ann < :ann!~ann@h MODE #a -k *`,
  },
  {
    name: "MODE +b, +e, +I: completed masks, lists for everyone, who and when",
    clients: ["ann", "bob"],
    setup: "ann > JOIN #a",
    play: `
      ann > MODE #a +b-b+b bob nobody user@host
      ann < :ann!~ann@h MODE #a +bb bob!*@* *!user@host
      ann > MODE #a +b BOB!*@*
      + 60000
      ann > MODE #a +eI **!x@?.example nick!user
      ann < :ann!~ann@h MODE #a +eI *!x@?.example nick!user@*
      bob > MODE #a b
      bob < :irc.test 367 bob #a bob!*@* ann!~ann@h 1700000000
      bob < :irc.test 367 bob #a *!user@host ann!~ann@h 1700000000
      bob < :irc.test 368 bob #a :End of channel ban list
      bob > MODE #a +e
      bob < :irc.test 348 bob #a *!x@?.example ann!~ann@h 1700000060
      bob < :irc.test 349 bob #a :End of channel exception list
      bob > MODE #a +II
      bob < :irc.test 346 bob #a nick!user@* ann!~ann@h 1700000060
      bob < :irc.test 347 bob #a :End of Channel Invite Exception List
      ann > MODE #a -b *!USER@HOST
      ann < :ann!~ann@h MODE #a -b *!user@host
      ann > MODE #a +b :a b
      ann < :irc.test 696 ann #a b * :Mask is not well-formed`,
  },
  {
    name: "MODE +b: an empty mask asks for the list, a mask without parts is refused",
    clients: ["ann", "bob"],
    setup: "ann > JOIN #a",
    play: `
      ann > MODE #a +b :
      ann < :irc.test 368 ann #a :End of channel ban list
      ann > MODE #a +bm !@
      ann < :irc.test 696 ann #a b !@ :Mask is not well-formed
      ann < :ann!~ann@h MODE #a +m
      ann > MODE #a +eI @ !
      ann < :irc.test 696 ann #a e @ :Mask is not well-formed
      ann < :irc.test 696 ann #a I ! :Mask is not well-formed
      ann > MODE #a +b *
      ann < :ann!~ann@h MODE #a +b *!*@*
      ann > MODE #a -b !@
      ann < :irc.test 696 ann #a b !@ :Mask is not well-formed
      bob > JOIN #a
      bob < :irc.test 474 bob #a :Cannot join channel (+b)`,
  },
  {
    name: "MODE +b: so many entries at most, and so many parameters",
    clients: ["ann"],
    config: { limits: { ...LIMITS, listEntries: 2, modes: 3 } },
    setup: "ann > JOIN #a",
    play: `
      ann > MODE #a +bbb a b c
      ann < :irc.test 478 ann #a b :Channel list is full
      ann < :ann!~ann@h MODE #a +bb a!*@* b!*@*
      ann > MODE #a -bbb+lm a b c 5
      ann < :irc.test 696 ann #a l 5 :Left out, with every parameter after it: at most 3 in one MODE
      ann < :ann!~ann@h MODE #a -bb+m a!*@* b!*@*
      ann > MODE #a +bbbkbs a b c key d
      ann < :irc.test 478 ann #a b :Channel list is full
      ann < :irc.test 696 ann #a k * :Left out, with every parameter after it: at most 3 in one MODE
      ann < :ann!~ann@h MODE #a +bbs a!*@* b!*@*`,
  },
  {
    name: "MODE: changes that do not fit into one line are told in several",
    clients: ["ann"],
    setup: "ann > JOIN #a",
    play: `
      ann > MODE #a +bbbb ${"a".repeat(100)} ${"b".repeat(100)} ${"c".repeat(100)} ${
      "d".repeat(100)
    }
      ann < :ann!~ann@h MODE #a +bbbb ${"a".repeat(100)}!*@* ${"b".repeat(100)}!*@* ${
      "c".repeat(100)
    }!*@* ${"d".repeat(100)}!*@*
      ann > MODE #a +eeee ${"a".repeat(113)} ${"b".repeat(113)} ${"c".repeat(113)} ${
      "d".repeat(113)
    }
      ann < :ann!~ann@h MODE #a +eeee ${"a".repeat(113)}!*@* ${"b".repeat(113)}!*@* ${
      "c".repeat(113)
    }!*@* ${"d".repeat(113)}!*@*
      ann > MODE #a +IIII ${"a".repeat(117)} ${"b".repeat(117)} ${"c".repeat(117)} ${
      "d".repeat(117)
    }
      ann < :ann!~ann@h MODE #a +III ${"a".repeat(117)}!*@* ${"b".repeat(117)}!*@* ${
      "c".repeat(117)
    }!*@*
      ann < :ann!~ann@h MODE #a +I ${"d".repeat(117)}!*@*`,
  },
  {
    name: "MODE of a user: 221, what changed, unknown letters, others",
    clients: ["ann", "bob"],
    play: `
      ann > MODE ANN
      ann < :irc.test 221 ann +
      ann > MODE ann +iwB-x
      ann < :ann!~ann@h MODE ann +iwB
      ann < :irc.test 501 ann :Unknown MODE flag
      ann > MODE ann +i
      ann > MODE ann -w+o
      ann < :ann!~ann@h MODE ann -w
      ann > MODE ann +i-i+i
      ann > MODE ann -i+i-i+w-w
      ann < :ann!~ann@h MODE ann -i
      ann > MODE ann -Bw+iB+w
      ann < :ann!~ann@h MODE ann +iw
      ann > MODE ann -w
      ann < :ann!~ann@h MODE ann -w
      ann > MODE ann
      ann < :irc.test 221 ann +Bi
      ann > MODE bob
      ann < :irc.test 502 ann :Cant change mode for other users
      ann > MODE bob +i
      ann < :irc.test 502 ann :Cant change mode for other users
      ann > MODE nobody +i
      ann < :irc.test 401 ann nobody :No such nick/channel`,
  },
  {
    name: "+n, +m and +b: who may speak",
    clients: ["ann", "bob", "cid"],
    setup: `
      ann > JOIN #a
      bob > JOIN #a`,
    play: `
      cid > PRIVMSG #a :from outside
      cid < :irc.test 404 cid #a :Cannot send to channel
      ann > MODE #a -n
      ann < :ann!~ann@h MODE #a -n
      bob < :ann!~ann@h MODE #a -n
      cid > PRIVMSG #a :from outside
      ann < :cid!~cid@h PRIVMSG #a :from outside
      bob < :cid!~cid@h PRIVMSG #a :from outside
      ann > MODE #a +m
      ann < :ann!~ann@h MODE #a +m
      bob < :ann!~ann@h MODE #a +m
      cid > PRIVMSG #a :from outside
      cid < :irc.test 404 cid #a :Cannot send to channel
      bob > PRIVMSG #a :hush
      bob < :irc.test 404 bob #a :Cannot send to channel
      bob > NOTICE #a :hush
      ann > MODE #a +v bob
      ann < :ann!~ann@h MODE #a +v bob
      bob < :ann!~ann@h MODE #a +v bob
      bob > PRIVMSG #a :voice
      ann < :bob!~bob@h PRIVMSG #a :voice
      ann > MODE #a -mv+b bob rob!*@*
      ann < :ann!~ann@h MODE #a -mv+b bob rob!*@*
      bob < :ann!~ann@h MODE #a -mv+b bob rob!*@*
      bob > PRIVMSG #a :not yet banned
      ann < :bob!~bob@h PRIVMSG #a :not yet banned
      bob > NICK rob
      ann < :bob!~bob@h NICK :rob
      bob < :bob!~bob@h NICK :rob
      bob > PRIVMSG #a :banned
      bob < :irc.test 404 rob #a :Cannot send to channel
      ann > MODE #a +e *!~bob@*
      ann < :ann!~ann@h MODE #a +e *!~bob@*
      bob < :ann!~ann@h MODE #a +e *!~bob@*
      bob > PRIVMSG #a :excepted
      ann < :rob!~bob@h PRIVMSG #a :excepted`,
  },
]);
