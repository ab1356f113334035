import { testTranscripts } from "../../support/chat_driver.ts";
import { DEFAULT_LIMITS as LIMITS } from "../../../lib/chat/limits.ts";

testTranscripts([
  {
    name: "JOIN creates a channel, its first member runs it; the next is told topic and names",
    clients: ["ann", "bob"],
    play: `
      ann > JOIN #Lobby
      ann < :ann!~ann@h JOIN #Lobby
      ann < :irc.test 353 ann = #Lobby :@ann
      ann < :irc.test 366 ann #Lobby :End of /NAMES list
      ann > TOPIC #lobby :All welcome
      ann < :ann!~ann@h TOPIC #Lobby :All welcome
      bob > JOIN #LOBBY
      bob < :bob!~bob@h JOIN #Lobby
      bob < :irc.test 332 bob #Lobby :All welcome
      bob < :irc.test 333 bob #Lobby ann 1700000000
      bob < :irc.test 353 bob = #Lobby :@ann bob
      bob < :irc.test 366 bob #Lobby :End of /NAMES list
      ann < :bob!~bob@h JOIN #Lobby
      bob > JOIN #lobby`,
  },
  {
    name: "JOIN and PART with lists, empty parts and JOIN 0",
    clients: ["ann"],
    play: `
      ann > JOIN #a,,#b,
      ann < :ann!~ann@h JOIN #a
      ann < :irc.test 353 ann = #a :@ann
      ann < :irc.test 366 ann #a :End of /NAMES list
      ann < :ann!~ann@h JOIN #b
      ann < :irc.test 353 ann = #b :@ann
      ann < :irc.test 366 ann #b :End of /NAMES list
      ann > PART #a,#x :bye
      ann < :ann!~ann@h PART #a :bye
      ann < :irc.test 403 ann #x :No such channel
      ann > PART #a
      ann < :irc.test 403 ann #a :No such channel
      ann > JOIN #c
      ann < :ann!~ann@h JOIN #c
      ann < :irc.test 353 ann = #c :@ann
      ann < :irc.test 366 ann #c :End of /NAMES list
      ann > JOIN 0
      ann < :ann!~ann@h PART #b
      ann < :ann!~ann@h PART #c
      ann > PART
      ann < :irc.test 461 ann PART :Not enough parameters
      ann > JOIN
      ann < :irc.test 461 ann JOIN :Not enough parameters
      ann > JOIN :
      ann < :irc.test 461 ann JOIN :Not enough parameters`,
  },
  {
    name: "JOIN: names that are no channels",
    clients: ["ann"],
    play: `
      ann > JOIN lobby
      ann < :irc.test 403 ann lobby :No such channel
      ann > JOIN &local
      ann < :irc.test 403 ann &local :No such channel
      ann > JOIN #a\x07b
      ann < :irc.test 403 ann #a\x07b :No such channel
      ann > JOIN :#a b
      ann < :irc.test 403 ann * :No such channel
      ann > JOIN #ééééééééééééééééééééééééééééééééx
      ann < :irc.test 403 ann #ééééééééééééééééééééééééééééééééx :No such channel
      ann > JOIN #ÉT\u{1f600}
      ann < :ann!~ann@h JOIN #ÉT\u{1f600}
      ann < :irc.test 353 ann = #ÉT\u{1f600} :@ann
      ann < :irc.test 366 ann #ÉT\u{1f600} :End of /NAMES list
      ann > PART #Ét\u{1f600}
      ann < :ann!~ann@h PART #ÉT\u{1f600}`,
  },
  {
    name: "JOIN: a client is on so many channels at most",
    clients: ["ann"],
    config: { limits: { ...LIMITS, channels: 2 } },
    setup: "ann > JOIN #a,#b",
    play: `
      ann > JOIN #c
      ann < :irc.test 405 ann #c :You have joined too many channels
      ann > JOIN #A`,
  },
  {
    name: "JOIN: keys go with their channels, one for one",
    clients: ["ann", "bob"],
    setup: `
      ann > JOIN #a,#b,#c
      ann > MODE #a +k one
      ann > MODE #c +k three`,
    play: `
      bob > JOIN #a
      bob < :irc.test 475 bob #a :Cannot join channel (+k)
      bob > JOIN #b,#a,#c one,one,three
      bob < :bob!~bob@h JOIN #b
      bob < :irc.test 353 bob = #b :@ann bob
      bob < :irc.test 366 bob #b :End of /NAMES list
      bob < :bob!~bob@h JOIN #a
      bob < :irc.test 353 bob = #a :@ann bob
      bob < :irc.test 366 bob #a :End of /NAMES list
      bob < :bob!~bob@h JOIN #c
      bob < :irc.test 353 bob = #c :@ann bob
      bob < :irc.test 366 bob #c :End of /NAMES list
      ann < :bob!~bob@h JOIN #b
      ann < :bob!~bob@h JOIN #a
      ann < :bob!~bob@h JOIN #c`,
  },
  {
    name: "JOIN: limit, bans and their exceptions",
    clients: ["ann", "bob"],
    setup: `
      ann > JOIN #a
      ann > MODE #a +lb 1 bob!*@*`,
    play: `
      bob > JOIN #a
      bob < :irc.test 474 bob #a :Cannot join channel (+b)
      ann > MODE #a +e *!~BOB@*
      ann < :ann!~ann@h MODE #a +e *!~BOB@*
      bob > JOIN #a
      bob < :irc.test 471 bob #a :Cannot join channel (+l)
      ann > MODE #a -l
      ann < :ann!~ann@h MODE #a -l
      bob > JOIN #a
      bob < :bob!~bob@h JOIN #a
      bob < :irc.test 353 bob = #a :@ann bob
      bob < :irc.test 366 bob #a :End of /NAMES list
      ann < :bob!~bob@h JOIN #a`,
  },
  {
    name: "INVITE: 341, INVITE to the user, 301 if away; it opens +i once",
    clients: ["ann", "bob", "cid:invite-notify"],
    setup: `
      ann > JOIN #a
      ann > MODE #a +i
      bob > AWAY :asleep`,
    play: `
      bob > JOIN #a
      bob < :irc.test 473 bob #a :Cannot join channel (+i)
      ann > INVITE bob #A
      ann < :irc.test 341 ann bob #a
      ann < :irc.test 301 ann bob :asleep
      bob < :ann!~ann@h INVITE bob :#a
      bob > INVITE
      bob < :irc.test 336 bob #a
      bob < :irc.test 337 bob :End of /INVITE list
      bob > JOIN #a
      bob < :bob!~bob@h JOIN #a
      bob < :irc.test 353 bob = #a :@ann bob
      bob < :irc.test 366 bob #a :End of /NAMES list
      ann < :bob!~bob@h JOIN #a
      bob > INVITE
      bob < :irc.test 337 bob :End of /INVITE list
      bob > PART #a
      bob < :bob!~bob@h PART #a
      ann < :bob!~bob@h PART #a
      bob > JOIN #a
      bob < :irc.test 473 bob #a :Cannot join channel (+i)
      ann > MODE #a +I bob
      ann < :ann!~ann@h MODE #a +I bob!*@*
      bob > JOIN #a
      bob < :bob!~bob@h JOIN #a
      bob < :irc.test 353 bob = #a :@ann bob
      bob < :irc.test 366 bob #a :End of /NAMES list
      ann < :bob!~bob@h JOIN #a`,
  },
  {
    name: "INVITE: only that of an operator opens +i, even if it came before",
    clients: ["ann", "bob", "cid", "dan"],
    setup: `
      ann > JOIN #a
      bob > JOIN #a
      bob > INVITE cid #a
      bob > INVITE dan #a
      ann > INVITE dan #a
      bob > INVITE dan #a
      ann > MODE #a +i`,
    play: `
      cid > JOIN #a
      cid < :irc.test 473 cid #a :Cannot join channel (+i)
      dan > JOIN #a
      dan < :dan!~dan@h JOIN #a
      dan < :irc.test 353 dan = #a :@ann bob dan
      dan < :irc.test 366 dan #a :End of /NAMES list
      ann < :dan!~dan@h JOIN #a
      bob < :dan!~dan@h JOIN #a
      ann > INVITE cid #a
      ann < :irc.test 341 ann cid #a
      cid < :ann!~ann@h INVITE cid :#a
      cid > JOIN #a
      cid < :cid!~cid@h JOIN #a
      cid < :irc.test 353 cid = #a :@ann bob dan cid
      cid < :irc.test 366 cid #a :End of /NAMES list
      ann < :cid!~cid@h JOIN #a
      bob < :cid!~cid@h JOIN #a
      dan < :cid!~cid@h JOIN #a`,
  },
  {
    name: "INVITE: what it refuses",
    clients: ["ann", "bob", "cid"],
    setup: `
      ann > JOIN #a
      bob > JOIN #a
      ann > MODE #a +i`,
    play: `
      ann > INVITE bob
      ann < :irc.test 461 ann INVITE :Not enough parameters
      ann > INVITE cid #x
      ann < :irc.test 403 ann #x :No such channel
      ann > INVITE dan #a
      ann < :irc.test 401 ann dan :No such nick/channel
      ann > INVITE bob #a
      ann < :irc.test 443 ann bob #a :is already on channel
      bob > INVITE cid #a
      bob < :irc.test 482 bob #a :You're not channel operator
      cid > INVITE bob #a
      cid < :irc.test 442 cid #a :You're not on that channel
      ann > MODE #a -i
      ann < :ann!~ann@h MODE #a -i
      bob < :ann!~ann@h MODE #a -i
      bob > INVITE CID #a
      bob < :irc.test 341 bob cid #a
      cid < :bob!~bob@h INVITE cid :#a`,
  },
  {
    name: "invite-notify tells members who asked for it",
    clients: ["ann:invite-notify", "bob:invite-notify", "cid", "dan"],
    setup: `
      ann > JOIN #a
      bob > JOIN #a
      cid > JOIN #a`,
    play: `
      ann > INVITE dan #a
      ann < :irc.test 341 ann dan #a
      dan < :ann!~ann@h INVITE dan :#a
      bob < :ann!~ann@h INVITE dan :#a`,
  },
  {
    name: "INVITE: a channel that ended is forgotten, and the oldest invitation gives way",
    clients: ["ann", "bob"],
    config: { limits: { ...LIMITS, invites: 2 } },
    setup: `
      ann > JOIN #a,#b,#c,#d
      ann > INVITE bob #a
      ann > PART #a
      ann > INVITE bob #b
      ann > INVITE bob #c
      ann > INVITE bob #d`,
    play: `
      bob > INVITE
      bob < :irc.test 336 bob #c
      bob < :irc.test 336 bob #d
      bob < :irc.test 337 bob :End of /INVITE list`,
  },
  {
    name: "TOPIC: shown, set, cleared, protected",
    clients: ["ann", "bob", "cid"],
    setup: `
      ann > JOIN #a
      bob > JOIN #a`,
    play: `
      bob > TOPIC #a
      bob < :irc.test 331 bob #a :No topic is set
      bob > TOPIC #a :mine
      bob < :irc.test 482 bob #a :You're not channel operator
      ann > MODE #a -t
      ann < :ann!~ann@h MODE #a -t
      bob < :ann!~ann@h MODE #a -t
      + 5000
      bob > TOPIC #a :mine
      ann < :bob!~bob@h TOPIC #a :mine
      bob < :bob!~bob@h TOPIC #a :mine
      ann > TOPIC #a
      ann < :irc.test 332 ann #a :mine
      ann < :irc.test 333 ann #a bob 1700000005
      ann > TOPIC #a :
      ann < :ann!~ann@h TOPIC #a :
      bob < :ann!~ann@h TOPIC #a :
      ann > TOPIC #a
      ann < :irc.test 331 ann #a :No topic is set
      ann > TOPIC
      ann < :irc.test 461 ann TOPIC :Not enough parameters
      ann > TOPIC #x
      ann < :irc.test 403 ann #x :No such channel
      cid > TOPIC #a
      cid < :irc.test 442 cid #a :You're not on that channel`,
  },
  {
    name: "TOPIC: cut between characters, with WARN for those who understand it",
    clients: ["ann:standard-replies"],
    config: { limits: { ...LIMITS, topic: 5 } },
    setup: "ann > JOIN #a",
    play: `
      ann > TOPIC #a :Grüßgott
      ann < :irc.test WARN TOPIC TOPIC_TRUNCATED #a :Topic cut to 5 bytes
      ann < :ann!~ann@h TOPIC #a :Grü`,
  },
  {
    name: "KICK: with and without a comment, several users, one channel or one for each",
    clients: ["ann", "bob", "cid"],
    setup: `
      ann > JOIN #a,#b
      bob > JOIN #a,#b
      cid > JOIN #a`,
    play: `
      ann > KICK #A BOB :be nice
      ann < :ann!~ann@h KICK #a bob :be nice
      bob < :ann!~ann@h KICK #a bob :be nice
      cid < :ann!~ann@h KICK #a bob :be nice
      ann > KICK #b,#a bob,cid
      ann < :ann!~ann@h KICK #b bob :ann
      ann < :ann!~ann@h KICK #a cid :ann
      bob < :ann!~ann@h KICK #b bob :ann
      cid < :ann!~ann@h KICK #a cid :ann
      ann > KICK #a ann
      ann < :ann!~ann@h KICK #a ann :ann
      ann > NAMES #a
      ann < :irc.test 366 ann #a :End of /NAMES list`,
  },
  {
    name: "KICK: what it refuses",
    clients: ["ann", "bob", "cid"],
    setup: `
      ann > JOIN #a
      bob > JOIN #a`,
    play: `
      ann > KICK #a
      ann < :irc.test 461 ann KICK :Not enough parameters
      ann > KICK #x bob
      ann < :irc.test 403 ann #x :No such channel
      bob > KICK #a ann
      bob < :irc.test 482 bob #a :You're not channel operator
      cid > KICK #a ann
      cid < :irc.test 442 cid #a :You're not on that channel
      ann > KICK #a dan,cid
      ann < :irc.test 401 ann dan :No such nick/channel
      ann < :irc.test 441 ann cid #a :They aren't on that channel`,
  },
  {
    name: "KICK and NAMES: so many targets, and 407 for the rest",
    clients: ["ann", "bob", "cid"],
    config: { limits: { ...LIMITS, targets: 1 } },
    setup: `
      ann > JOIN #a
      bob > JOIN #a
      cid > JOIN #a`,
    play: `
      ann > KICK #a bob,cid :out
      ann < :ann!~ann@h KICK #a bob :out
      ann < :irc.test 407 ann cid :Too many targets
      bob < :ann!~ann@h KICK #a bob :out
      cid < :ann!~ann@h KICK #a bob :out
      bob > NAMES #a,#b
      bob < :irc.test 353 bob = #a :@ann cid
      bob < :irc.test 366 bob #a :End of /NAMES list
      bob < :irc.test 407 bob #b :Too many targets`,
  },
  {
    name: "NAMES: several channels, none, unknown ones; prefixes, all of them or the highest",
    clients: ["ann:multi-prefix", "bob:userhost-in-names", "cid"],
    setup: `
      ann > JOIN #a
      bob > JOIN #a
      ann > MODE #a +v ann
      ann > MODE #a +v bob`,
    play: `
      ann > NAMES #a,#x,#A,#X
      ann < :irc.test 353 ann = #a :@+ann +bob
      ann < :irc.test 366 ann #a :End of /NAMES list
      ann < :irc.test 366 ann #x :End of /NAMES list
      bob > NAMES #a
      bob < :irc.test 353 bob = #a :@ann!~ann@h +bob!~bob@h
      bob < :irc.test 366 bob #a :End of /NAMES list
      cid > NAMES #a
      cid < :irc.test 353 cid = #a :@ann +bob
      cid < :irc.test 366 cid #a :End of /NAMES list
      cid > NAMES
      cid < :irc.test 366 cid * :End of /NAMES list
      cid > NAMES invalid
      cid < :irc.test 366 cid invalid :End of /NAMES list`,
  },
  {
    name: "secret channels and invisible users are hidden from those outside",
    clients: ["ann", "bob", "cid"],
    setup: `
      ann > JOIN #open,#secret
      bob > JOIN #open
      ann > MODE #secret +s
      ann > MODE ann +i
      cid > JOIN #other`,
    play: `
      cid > NAMES #open
      cid < :irc.test 353 cid = #open :bob
      cid < :irc.test 366 cid #open :End of /NAMES list
      cid > NAMES #secret
      cid < :irc.test 366 cid #secret :End of /NAMES list
      cid > LIST
      cid < :irc.test 321 cid Channel :Users  Name
      cid < :irc.test 322 cid #open 1 :
      cid < :irc.test 322 cid #other 1 :
      cid < :irc.test 323 cid :End of /LIST
      cid > LIST >1
      cid < :irc.test 321 cid Channel :Users  Name
      cid < :irc.test 323 cid :End of /LIST
      bob > LIST >1
      bob < :irc.test 321 bob Channel :Users  Name
      bob < :irc.test 322 bob #open 2 :
      bob < :irc.test 323 bob :End of /LIST
      cid > LUSERS
      cid < :irc.test 251 cid :There are 2 users and 1 invisible on 1 servers
      cid < :irc.test 252 cid 0 :operator(s) online
      cid < :irc.test 253 cid 0 :unknown connection(s)
      cid < :irc.test 254 cid 2 :channels formed
      cid < :irc.test 255 cid :I have 3 clients and 0 servers
      cid < :irc.test 265 cid 3 3 :Current local users 3, max 3
      cid < :irc.test 266 cid 3 3 :Current global users 3, max 3
      ann > LUSERS
      ann < :irc.test 251 ann :There are 2 users and 1 invisible on 1 servers
      ann < :irc.test 252 ann 0 :operator(s) online
      ann < :irc.test 253 ann 0 :unknown connection(s)
      ann < :irc.test 254 ann 3 :channels formed
      ann < :irc.test 255 ann :I have 3 clients and 0 servers
      ann < :irc.test 265 ann 3 3 :Current local users 3, max 3
      ann < :irc.test 266 ann 3 3 :Current global users 3, max 3
      cid > WHO #secret
      cid < :irc.test 315 cid #secret :End of WHO list
      cid > WHO #open
      cid < :irc.test 352 cid #open ~bob h irc.test bob H :0 bob real
      cid < :irc.test 315 cid #open :End of WHO list
      cid > WHO a*
      cid < :irc.test 315 cid a* :End of WHO list
      cid > MODE #secret
      cid < :irc.test 403 cid #secret :No such channel
      cid > TOPIC #secret
      cid < :irc.test 403 cid #secret :No such channel
      cid > PART #secret
      cid < :irc.test 403 cid #secret :No such channel
      cid > KICK #secret ann
      cid < :irc.test 403 cid #secret :No such channel
      cid > INVITE bob #secret
      cid < :irc.test 403 cid #secret :No such channel
      cid > PRIVMSG #secret :hi
      cid < :irc.test 403 cid #secret :No such channel
      cid > WHOIS ann
      cid < :irc.test 311 cid ann ~ann h * :ann real
      cid < :irc.test 312 cid ann irc.test :A test
      cid < :irc.test 317 cid ann 0 1700000000 :seconds idle, signon time
      cid < :irc.test 318 cid ann :End of /WHOIS list
      ann > NAMES #secret
      ann < :irc.test 353 ann @ #secret :@ann
      ann < :irc.test 366 ann #secret :End of /NAMES list
      bob > WHO a*
      bob < :irc.test 352 bob * ~ann h irc.test ann H :0 ann real
      bob < :irc.test 315 bob a* :End of WHO list
      bob > WHOIS ann
      bob < :irc.test 311 bob ann ~ann h * :ann real
      bob < :irc.test 319 bob ann :@#open
      bob < :irc.test 312 bob ann irc.test :A test
      bob < :irc.test 317 bob ann 0 1700000000 :seconds idle, signon time
      bob < :irc.test 318 bob ann :End of /WHOIS list`,
  },
  {
    name: "LIST: names, masks, members, age of channel and topic, topics",
    clients: ["ann", "bob"],
    setup: `
      ann > JOIN #alpha,#beta
      bob > JOIN #alpha
      ann > TOPIC #alpha :first`,
    play: `
      + 180000
      ann > JOIN #gamma
      ann < :ann!~ann@h JOIN #gamma
      ann < :irc.test 353 ann = #gamma :@ann
      ann < :irc.test 366 ann #gamma :End of /NAMES list
      + 60000
      bob > LIST #ALPHA,#gamma
      bob < :irc.test 321 bob Channel :Users  Name
      bob < :irc.test 322 bob #alpha 2 :first
      bob < :irc.test 322 bob #gamma 1 :
      bob < :irc.test 323 bob :End of /LIST
      bob > LIST *ta
      bob < :irc.test 321 bob Channel :Users  Name
      bob < :irc.test 322 bob #beta 1 :
      bob < :irc.test 323 bob :End of /LIST
      bob > LIST !*a?ma
      bob < :irc.test 321 bob Channel :Users  Name
      bob < :irc.test 322 bob #alpha 2 :first
      bob < :irc.test 322 bob #beta 1 :
      bob < :irc.test 323 bob :End of /LIST
      bob > LIST >1
      bob < :irc.test 321 bob Channel :Users  Name
      bob < :irc.test 322 bob #alpha 2 :first
      bob < :irc.test 323 bob :End of /LIST
      bob > LIST <2,C>2
      bob < :irc.test 321 bob Channel :Users  Name
      bob < :irc.test 322 bob #beta 1 :
      bob < :irc.test 323 bob :End of /LIST
      bob > LIST C<2
      bob < :irc.test 321 bob Channel :Users  Name
      bob < :irc.test 322 bob #gamma 1 :
      bob < :irc.test 323 bob :End of /LIST
      bob > LIST T>2
      bob < :irc.test 321 bob Channel :Users  Name
      bob < :irc.test 322 bob #alpha 2 :first
      bob < :irc.test 323 bob :End of /LIST
      bob > LIST #beta T<100
      bob < :irc.test 321 bob Channel :Users  Name
      bob < :irc.test 323 bob :End of /LIST`,
  },
  {
    name: "LIST: as many names as fit, but few masks and conditions",
    clients: ["ann"],
    config: { limits: { ...LIMITS, targets: 2 } },
    setup: "ann > JOIN #a,#b,#c,#d",
    play: `
      ann > LIST #x,#a,#y,#b,#z,#C
      ann < :irc.test 321 ann Channel :Users  Name
      ann < :irc.test 322 ann #a 1 :
      ann < :irc.test 322 ann #b 1 :
      ann < :irc.test 322 ann #c 1 :
      ann < :irc.test 323 ann :End of /LIST
      ann > LIST #d,*A*,!*b*,>0,C<5
      ann < :irc.test 407 ann >0 :Too many targets
      ann < :irc.test 407 ann C<5 :Too many targets
      ann < :irc.test 321 ann Channel :Users  Name
      ann < :irc.test 322 ann #a 1 :
      ann < :irc.test 322 ann #d 1 :
      ann < :irc.test 323 ann :End of /LIST`,
  },
  {
    name: "LIST: so many channels at most",
    clients: ["ann"],
    config: { limits: { ...LIMITS, queryReplies: 1 } },
    setup: "ann > JOIN #a,#b",
    play: `
      ann > LIST
      ann < :irc.test 321 ann Channel :Users  Name
      ann < :irc.test 322 ann #a 1 :
      ann < :irc.test 416 ann LIST :Too many channels, ask for fewer
      ann < :irc.test 323 ann :End of /LIST`,
  },
]);
