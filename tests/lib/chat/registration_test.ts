import { testTranscripts } from "../../support/chat_driver.ts";

const GREETING = `
  ann < :irc.test 001 ann :Welcome to the Test Network, ann!~ann@h
  ann < :irc.test 002 ann :Your host is irc.test, running version test-1
  ann < :irc.test 003 ann :This server was created Tue, 14 Nov 2023 22:13:20 GMT
  ann < :irc.test 004 ann irc.test test-1 Biow Ibeiklmnostv beIklov
  ann < :irc.test 005 ann AWAYLEN=255 BOT=B CASEMAPPING=ascii CHANLIMIT=#:50 CHANMODES=beI,k,l,imnst CHANNELLEN=64 CHANTYPES=# ELIST=CMNTU EXCEPTS=e HOSTLEN=63 INVEX=I KEYLEN=23 KICKLEN=255 :are supported by this server
  ann < :irc.test 005 ann MAXLIST=b:100,e:100,I:100 MAXTARGETS=4 MODES=12 NAMELEN=128 NETWORK=Test NICKLEN=30 PREFIX=(ov)@+ STATUSMSG=@+ TARGMAX=JOIN:,KICK:4,LIST:4,NAMES:4,NOTICE:4,PART:,PRIVMSG:4,TAGMSG:4,WHOIS:1,WHOWAS:1 TOPICLEN=300 USERLEN=20 UTF8ONLY WHOX :are supported by this server
  ann < :irc.test 251 ann :There are 1 users and 0 invisible on 1 servers
  ann < :irc.test 252 ann 0 :operator(s) online
  ann < :irc.test 253 ann 0 :unknown connection(s)
  ann < :irc.test 254 ann 0 :channels formed
  ann < :irc.test 255 ann :I have 1 clients and 0 servers
  ann < :irc.test 265 ann 1 1 :Current local users 1, max 1
  ann < :irc.test 266 ann 1 1 :Current global users 1, max 1
  ann < :irc.test 422 ann :MOTD File is missing
`;

testTranscripts([
  {
    name: "registration: NICK, then USER",
    clients: [],
    play: `
      ann > NICK ann
      ann > USER ann 0 * :Ann
      ${GREETING}`,
  },
  {
    name: "registration: USER, then NICK, in lower case and with a source",
    clients: [],
    play: `
      ann > user ann 0 * Ann
      ann > :someone nick :ann
      ${GREETING}`,
  },
  {
    name: "registration: the order of irssi, capabilities first and a JOIN too early",
    clients: [],
    play: `
      ann > CAP LS 302
      ann < :irc.test CAP * LS :account-notify away-notify batch cap-notify echo-message extended-join invite-notify labeled-response message-tags multi-prefix server-time setname standard-replies userhost-in-names
      ann > JOIN :
      ann < :irc.test 451 * :You have not registered
      ann > CAP REQ :multi-prefix extended-join setname
      ann < :irc.test CAP * ACK :multi-prefix extended-join setname
      ann > CAP END
      ann > NICK ann
      ann > USER ann ann irc.test :Ann
      ${GREETING}`,
  },
  {
    name: "registration: the order of WeeChat, held open by CAP until CAP END",
    clients: [],
    play: `
      ann > CAP LS 302
      ann < :irc.test CAP * LS :account-notify away-notify batch cap-notify echo-message extended-join invite-notify labeled-response message-tags multi-prefix server-time setname standard-replies userhost-in-names
      ann > NICK ann
      ann > USER ann 0 * :Ann
      ann > CAP REQ :multi-prefix
      ann < :irc.test CAP ann ACK :multi-prefix
      ann > CAP END
      ${GREETING}`,
  },
  {
    name: "registration: CAP REQ alone holds it open too",
    clients: [],
    play: `
      ann > CAP REQ away-notify
      ann < :irc.test CAP * ACK :away-notify
      ann > NICK ann
      ann > USER ann 0 * :Ann
      ann > CAP END
      ${GREETING}`,
  },
  {
    name: "registration: nicknames that are refused",
    clients: ["bob"],
    play: `
      ann > NICK
      ann < :irc.test 431 * :No nickname given
      ann > NICK :
      ann < :irc.test 431 * :No nickname given
      ann > NICK *
      ann < :irc.test 432 * * :Erroneous nickname
      ann > NICK 7up
      ann < :irc.test 432 * 7up :Erroneous nickname
      ann > NICK -x
      ann < :irc.test 432 * -x :Erroneous nickname
      ann > NICK #ann
      ann < :irc.test 432 * #ann :Erroneous nickname
      ann > NICK :an n
      ann < :irc.test 432 * * :Erroneous nickname
      ann > NICK Jürgen
      ann < :irc.test 432 * Jürgen :Erroneous nickname
      ann > NICK aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
      ann < :irc.test 432 * aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa :Erroneous nickname
      ann > NICK BOB
      ann < :irc.test 433 * BOB :Nickname is already in use
      ann > USER ann 0 * :Ann
      cid > NICK cid
      ann > NICK cid
      ann < :irc.test 433 * cid :Nickname is already in use`,
  },
  {
    name: "registration: USER that is refused or cut",
    clients: [],
    play: `
      ann > USER
      ann < :irc.test 461 * USER :Not enough parameters
      ann > USER ann 0 *
      ann < :irc.test 461 * USER :Not enough parameters
      ann > USER ann 0 * :
      ann < :irc.test 461 * USER :Not enough parameters
      ann > CAP REQ :batch
      ann < :irc.test CAP * ACK :batch
      ann > USER ü@a.very.long.name.with.too.much 0 * :Ann
      ann > NICK ann
      ann > PING x
      ann < :irc.test PONG irc.test :x`,
  },
  {
    name: "registration: a user name of which nothing is left becomes another one",
    clients: ["bob"],
    setup: `
      ann > NICK ann
      ann > USER üüüüü 0 * :Ann`,
    play: `
      bob > WHOIS ann
      bob < :irc.test 311 bob ann ~user h * :Ann
      bob < :irc.test 312 bob ann irc.test :A test
      bob < :irc.test 317 bob ann 0 1700000000 :seconds idle, signon time
      bob < :irc.test 318 bob ann :End of /WHOIS list`,
  },
  {
    name: "registration: commands that must wait, and unknown ones",
    clients: [],
    play: `
      ann > PRIVMSG bob :hi
      ann < :irc.test 451 * :You have not registered
      ann > NOTICE bob :hi
      ann > LUSERS
      ann < :irc.test 451 * :You have not registered
      ann > FOO bar
      ann < :irc.test 421 * FOO :Unknown command
      ann > PONG :x
      ann > CAP
      ann < :irc.test 461 * CAP :Not enough parameters
      ann > CAP FOO
      ann < :irc.test 410 * FOO :Invalid CAP command
      ann > CAP LIST
      ann < :irc.test CAP * LIST :
      ann > NICK ann
      ann > FOO bar
      ann < :irc.test 421 ann FOO :Unknown command`,
  },
  {
    name: "registration: what cannot be repeated",
    clients: ["ann"],
    play: `
      ann > USER ann 0 * :Ann
      ann < :irc.test 462 ann :You may not reregister
      ann > PASS x
      ann < :irc.test 462 ann :You may not reregister
      ann > CAP END`,
  },
  {
    name: "registration: QUIT before it is complete gives the nickname free",
    clients: [],
    play: `
      ann > NICK ann
      ann > QUIT
      ann < ERROR :Closing Link: h (Quit: )
      ann < (closed: Quit: )
      bob > NICK ann
      bob > QUIT :bye
      bob < ERROR :Closing Link: h (Quit: bye)
      bob < (closed: Quit: bye)`,
  },
  {
    name: "registration: an early nickname can be changed silently",
    clients: [],
    play: `
      ann > NICK ann
      ann > NICK anna
      bob > NICK ann
      bob > NICK Anna
      bob < :irc.test 433 ann Anna :Nickname is already in use`,
  },
  {
    name: "registration: the server password",
    clients: [],
    config: { secret: "open sesame" },
    play: `
      ann > PASS :wrong
      ann > PASS :open sesame
      ann > NICK ann
      ann > USER ann 0 * :Ann
      ${GREETING}`,
  },
  {
    name: "registration: a wrong or missing server password ends the connection",
    clients: [],
    config: { secret: "open sesame" },
    play: `
      ann > PASS wrong
      ann > NICK ann
      ann > USER ann 0 * :Ann
      ann < :irc.test 464 ann :Password incorrect
      ann < ERROR :Closing Link: h (Bad password)
      ann < (closed: Bad password)
      bob > NICK ann
      bob > USER ann 0 * :Ann
      bob < :irc.test 464 ann :Password incorrect
      bob < ERROR :Closing Link: h (Bad password)
      bob < (closed: Bad password)
      cid > PASS
      cid < :irc.test 461 * PASS :Not enough parameters`,
  },
  {
    name: "registration: NICK afterwards goes once to all who share a channel",
    clients: ["ann", "bob", "cid"],
    setup: `
      ann > JOIN #a,#b
      bob > JOIN #a,#b`,
    play: `
      ann > NICK anna
      ann < :ann!~ann@h NICK :anna
      bob < :ann!~ann@h NICK :anna
      ann > NICK anna
      ann > NICK ANNA
      ann < :anna!~ann@h NICK :ANNA
      bob < :anna!~ann@h NICK :ANNA
      ann > NICK bob
      ann < :irc.test 433 ANNA bob :Nickname is already in use
      cid > PRIVMSG anna :hi
      ann < :cid!~cid@h PRIVMSG ANNA :hi
      cid > NICK ann
      cid < :cid!~cid@h NICK :ann`,
  },
  {
    name: "QUIT goes once to all who share a channel, and ERROR to who quits",
    clients: ["ann", "bob", "cid"],
    setup: `
      ann > JOIN #a,#b
      bob > JOIN #a,#b`,
    play: `
      ann > QUIT :good night
      ann < ERROR :Closing Link: h (Quit: good night)
      ann < (closed: Quit: good night)
      bob < :ann!~ann@h QUIT :Quit: good night
      ann > PING x
      bob > NAMES #a
      bob < :irc.test 353 bob = #a :bob
      bob < :irc.test 366 bob #a :End of /NAMES list
      bob > NICK ann
      bob < :bob!~bob@h NICK :ann`,
  },
]);
