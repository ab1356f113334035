import { DEFAULT_LIMITS as LIMITS } from "../../../lib/chat/limits.ts";
import { ChatDriver, testTranscripts } from "../../support/chat_driver.ts";

testTranscripts([
  {
    name: "WHO: a nickname, masks, all, operators, nobody",
    clients: ["ann", "bob", "cid"],
    config: { operators: [{ name: "root", secret: "s", hosts: ["*"] }] },
    setup: `
      bob > OPER root s
      cid > AWAY :out`,
    play: `
      ann > WHO BOB
      ann < :irc.test 352 ann * ~bob h irc.test bob H* :0 bob real
      ann < :irc.test 315 ann BOB :End of WHO list
      ann > WHO ?i*
      ann < :irc.test 352 ann * ~cid h irc.test cid G :0 cid real
      ann < :irc.test 315 ann ?i* :End of WHO list
      ann > WHO
      ann < :irc.test 352 ann * ~ann h irc.test ann H :0 ann real
      ann < :irc.test 352 ann * ~bob h irc.test bob H* :0 bob real
      ann < :irc.test 352 ann * ~cid h irc.test cid G :0 cid real
      ann < :irc.test 315 ann * :End of WHO list
      ann > WHO 0 o
      ann < :irc.test 352 ann * ~bob h irc.test bob H* :0 bob real
      ann < :irc.test 315 ann 0 :End of WHO list
      ann > WHO nobody
      ann < :irc.test 315 ann nobody :End of WHO list
      ann > WHO #nowhere
      ann < :irc.test 315 ann #nowhere :End of WHO list
      ann > WHO :*cid REAL
      ann < :irc.test 352 ann * ~cid h irc.test cid G :0 cid real
      ann < :irc.test 315 ann * :End of WHO list
      ann > WHO ~C?D
      ann < :irc.test 352 ann * ~cid h irc.test cid G :0 cid real
      ann < :irc.test 315 ann ~C?D :End of WHO list
      ann > WHO *!~cid@H
      ann < :irc.test 352 ann * ~cid h irc.test cid G :0 cid real
      ann < :irc.test 315 ann *!~cid@H :End of WHO list
      cid > SETNAME :CID THE SECOND
      ann > WHO *the*
      ann < :irc.test 352 ann * ~cid h irc.test cid G :0 CID THE SECOND
      ann < :irc.test 315 ann *the* :End of WHO list
      ann > WHO ?
      ann < :irc.test 352 ann * ~ann h irc.test ann H :0 ann real
      ann < :irc.test 352 ann * ~bob h irc.test bob H* :0 bob real
      ann < :irc.test 352 ann * ~cid h irc.test cid G :0 CID THE SECOND
      ann < :irc.test 315 ann ? :End of WHO list
      ann > WHO IRC.*
      ann < :irc.test 352 ann * ~ann h irc.test ann H :0 ann real
      ann < :irc.test 352 ann * ~bob h irc.test bob H* :0 bob real
      ann < :irc.test 352 ann * ~cid h irc.test cid G :0 CID THE SECOND
      ann < :irc.test 315 ann IRC.* :End of WHO list`,
  },
  {
    name: "WHO of a channel, with the highest prefix or all of them",
    clients: ["ann", "bob:multi-prefix"],
    setup: `
      ann > JOIN #a
      bob > JOIN #a
      ann > MODE #a +v ann`,
    play: `
      ann > WHO #A
      ann < :irc.test 352 ann #a ~ann h irc.test ann H@ :0 ann real
      ann < :irc.test 352 ann #a ~bob h irc.test bob H :0 bob real
      ann < :irc.test 315 ann #A :End of WHO list
      bob > WHO #a
      bob < :irc.test 352 bob #a ~ann h irc.test ann H@+ :0 ann real
      bob < :irc.test 352 bob #a ~bob h irc.test bob H :0 bob real
      bob < :irc.test 315 bob #a :End of WHO list`,
  },
  {
    name: "WHO: only operators of the server, on a channel and by mask",
    clients: ["ann", "bob"],
    config: { operators: [{ name: "root", secret: "s", hosts: ["*"] }] },
    setup: `
      ann > JOIN #a
      bob > JOIN #a
      bob > OPER root s`,
    play: `
      ann > WHO #a o
      ann < :irc.test 352 ann #a ~bob h irc.test bob H* :0 bob real
      ann < :irc.test 315 ann #a :End of WHO list
      ann > WHO * o%n
      ann < :irc.test 354 ann bob
      ann < :irc.test 315 ann * :End of WHO list
      ann > WHO ann o
      ann < :irc.test 315 ann ann :End of WHO list`,
  },
  {
    name: "WHOX: the chosen fields in their order, whatever the order of the request",
    clients: ["ann"],
    setup: "ann > JOIN #a",
    play: `
      + 7000
      ann > WHO #a %cuhsnfdar
      ann < :irc.test 354 ann #a ~ann h irc.test ann H@ 0 0 :ann real
      ann < :irc.test 315 ann #a :End of WHO list
      ann > WHO ann %roaldfnshiuct,123
      ann < :irc.test 354 ann 123 * ~ann h h irc.test ann H 0 7 0 n/a :ann real
      ann < :irc.test 315 ann ann :End of WHO list
      ann > WHO ann %tn,42
      ann < :irc.test 354 ann 42 ann
      ann < :irc.test 315 ann ann :End of WHO list
      ann > WHO ann %tnZ,x
      ann < :irc.test 354 ann 0 ann
      ann < :irc.test 315 ann ann :End of WHO list
      ann > WHO ann %zzz
      ann < :irc.test 352 ann * ~ann h irc.test ann H :0 ann real
      ann < :irc.test 315 ann ann :End of WHO list
      ann > WHO ann %,5
      ann < :irc.test 352 ann * ~ann h irc.test ann H :0 ann real
      ann < :irc.test 315 ann ann :End of WHO list
      ann > WHO ann %r
      ann < :irc.test 354 ann :ann real
      ann < :irc.test 315 ann ann :End of WHO list
      ann > WHO ann o%n
      ann < :irc.test 315 ann ann :End of WHO list`,
  },
  {
    name: "WHO by mask: so many users at most",
    clients: ["ann", "bob"],
    config: { limits: { ...LIMITS, queryReplies: 1 } },
    play: `
      ann > WHO *
      ann < :irc.test 352 ann * ~ann h irc.test ann H :0 ann real
      ann < :irc.test 416 ann WHO * :Too many users, ask for fewer
      ann < :irc.test 315 ann * :End of WHO list`,
  },
  {
    name: "WHOIS: oneself, others, away, operators, idle time",
    clients: ["ann", "bob"],
    config: { operators: [{ name: "root", secret: "s", hosts: ["*"] }] },
    setup: `
      ann > JOIN #a,#b
      bob > JOIN #a
      bob > OPER root s
      bob > AWAY :out`,
    play: `
      + 61000
      ann > WHOIS ann
      ann < :irc.test 311 ann ann ~ann h * :ann real
      ann < :irc.test 319 ann ann :@#a @#b
      ann < :irc.test 312 ann ann irc.test :A test
      ann < :irc.test 317 ann ann 61 1700000000 :seconds idle, signon time
      ann < :irc.test 318 ann ann :End of /WHOIS list
      ann > WHOIS irc.test BOB
      ann < :irc.test 311 ann bob ~bob h * :bob real
      ann < :irc.test 319 ann bob :#a
      ann < :irc.test 312 ann bob irc.test :A test
      ann < :irc.test 301 ann bob :out
      ann < :irc.test 313 ann bob :is an IRC operator
      ann < :irc.test 317 ann bob 61 1700000000 :seconds idle, signon time
      ann < :irc.test 318 ann BOB :End of /WHOIS list
      ann > PRIVMSG bob :hi
      bob < :ann!~ann@h PRIVMSG bob :hi
      ann < :irc.test 301 ann bob :out
      bob > WHOIS ann ann
      bob < :irc.test 311 bob ann ~ann h * :ann real
      bob < :irc.test 319 bob ann :@#a @#b
      bob < :irc.test 312 bob ann irc.test :A test
      bob < :irc.test 317 bob ann 0 1700000000 :seconds idle, signon time
      bob < :irc.test 318 bob ann :End of /WHOIS list`,
  },
  {
    name: "WHOIS: what it refuses",
    clients: ["ann"],
    play: `
      ann > WHOIS
      ann < :irc.test 431 ann :No nickname given
      ann > WHOIS nobody
      ann < :irc.test 401 ann nobody :No such nick/channel
      ann < :irc.test 318 ann nobody :End of /WHOIS list
      ann > WHOIS other.example ann
      ann < :irc.test 402 ann other.example :No such server`,
  },
  {
    name: "WHOWAS: after a QUIT and a new nickname, the latest first, bounded",
    clients: ["ann", "bob", "cid"],
    config: { limits: { ...LIMITS, whowas: 2 } },
    setup: `
      cid > QUIT`,
    play: `
      ann > WHOWAS CID
      ann < :irc.test 314 ann cid ~cid h * :cid real
      ann < :irc.test 312 ann cid irc.test :Tue, 14 Nov 2023 22:13:20 GMT
      ann < :irc.test 369 ann CID :End of WHOWAS
      bob > NICK rob
      bob < :bob!~bob@h NICK :rob
      bob > NICK bob
      bob < :rob!~bob@h NICK :bob
      ann > WHOWAS cid
      ann < :irc.test 406 ann cid :There was no such nickname
      ann < :irc.test 369 ann cid :End of WHOWAS
      + 1000
      bob > NICK Bob
      bob < :bob!~bob@h NICK :Bob
      bob > NICK rob
      bob < :Bob!~bob@h NICK :rob
      bob > NICK bob
      bob < :rob!~bob@h NICK :bob
      bob > NICK rob
      bob < :bob!~bob@h NICK :rob
      ann > WHOWAS bob 1
      ann < :irc.test 314 ann bob ~bob h * :bob real
      ann < :irc.test 312 ann bob irc.test :Tue, 14 Nov 2023 22:13:21 GMT
      ann < :irc.test 369 ann bob :End of WHOWAS
      ann > WHOWAS
      ann < :irc.test 431 ann :No nickname given`,
  },
  {
    name: "USERHOST and ISON: those who are here",
    clients: ["ann", "bob", "cid"],
    config: { operators: [{ name: "root", secret: "s", hosts: ["*"] }] },
    setup: `
      bob > OPER root s
      cid > AWAY :out`,
    play: `
      ann > USERHOST ann BOB nobody cid
      ann < :irc.test 302 ann :ann=+~ann@h bob*=+~bob@h cid=-~cid@h
      ann > USERHOST nobody
      ann < :irc.test 302 ann :
      ann > USERHOST
      ann < :irc.test 461 ann USERHOST :Not enough parameters
      ann > ISON CID nobody :ann bob
      ann < :irc.test 303 ann :cid ann bob
      ann > ISON ${"cid ".repeat(126)}
      ann < :irc.test 303 ann :${"cid ".repeat(122)}cid
      ann > ISON
      ann < :irc.test 461 ann ISON :Not enough parameters`,
  },
  {
    name: "AWAY: 306 and 305, AWAY to those who watch, also when an away user joins",
    clients: ["ann", "bob:away-notify", "cid"],
    setup: `
      ann > JOIN #a
      bob > JOIN #a
      cid > JOIN #a`,
    play: `
      ann > AWAY :lunch
      ann < :irc.test 306 ann :You have been marked as being away
      bob < :ann!~ann@h AWAY :lunch
      ann > AWAY :lunch
      ann < :irc.test 306 ann :You have been marked as being away
      ann > AWAY :dinner
      ann < :irc.test 306 ann :You have been marked as being away
      bob < :ann!~ann@h AWAY :dinner
      ann > AWAY :
      ann < :irc.test 305 ann :You are no longer marked as being away
      bob < :ann!~ann@h AWAY
      ann > AWAY
      ann < :irc.test 305 ann :You are no longer marked as being away
      cid > PART #a
      cid < :cid!~cid@h PART #a
      ann < :cid!~cid@h PART #a
      bob < :cid!~cid@h PART #a
      cid > AWAY :gone
      cid < :irc.test 306 cid :You have been marked as being away
      cid > JOIN #a
      cid < :cid!~cid@h JOIN #a
      cid < :irc.test 353 cid = #a :@ann bob cid
      cid < :irc.test 366 cid #a :End of /NAMES list
      ann < :cid!~cid@h JOIN #a
      bob < :cid!~cid@h JOIN #a
      bob < :cid!~cid@h AWAY :gone`,
  },
  {
    name: "SETNAME: to those who negotiated it, FAIL for names that are none",
    clients: ["ann:setname", "bob:setname", "cid"],
    setup: `
      ann > JOIN #a
      bob > JOIN #a
      cid > JOIN #a`,
    play: `
      ann > SETNAME :Ann the Second
      ann < :ann!~ann@h SETNAME :Ann the Second
      bob < :ann!~ann@h SETNAME :Ann the Second
      cid > SETNAME :Cid
      bob < :cid!~cid@h SETNAME :Cid
      ann < :cid!~cid@h SETNAME :Cid
      ann > SETNAME :
      ann < :irc.test FAIL SETNAME INVALID_REALNAME :Realname is not valid
      ann > SETNAME :  
      ann < :irc.test FAIL SETNAME INVALID_REALNAME :Realname is not valid
      ann > SETNAME :${"x".repeat(129)}
      ann < :irc.test FAIL SETNAME INVALID_REALNAME :Realname is not valid
      ann > SETNAME
      ann < :irc.test 461 ann SETNAME :Not enough parameters
      ann > WHOIS ann
      ann < :irc.test 311 ann ann ~ann h * :Ann the Second
      ann < :irc.test 319 ann ann :@#a
      ann < :irc.test 312 ann ann irc.test :A test
      ann < :irc.test 317 ann ann 0 1700000000 :seconds idle, signon time
      ann < :irc.test 318 ann ann :End of /WHOIS list`,
  },
  {
    name: "extended-join: account * and the real name",
    clients: ["ann:extended-join", "bob"],
    setup: "ann > JOIN #a",
    play: `
      bob > JOIN #a
      ann < :bob!~bob@h JOIN #a * :bob real
      bob < :bob!~bob@h JOIN #a
      bob < :irc.test 353 bob = #a :@ann bob
      bob < :irc.test 366 bob #a :End of /NAMES list`,
  },
  {
    name: "the server: MOTD, VERSION, TIME, INFO, ADMIN, LINKS, LUSERS",
    clients: ["ann"],
    config: { motd: ["Hello", ""], admin: ["Here", "We", "we@irc.test"] },
    setup: `
      bob > NICK bob
      ann > MODE ann +i
      ann > JOIN #a`,
    play: `
      ann > MOTD
      ann < :irc.test 375 ann :- irc.test Message of the day - 
      ann < :irc.test 372 ann :- Hello
      ann < :irc.test 372 ann :- 
      ann < :irc.test 376 ann :End of /MOTD command.
      ann > MOTD other.test
      ann < :irc.test 402 ann other.test :No such server
      ann > TIME *.TEST
      ann < :irc.test 391 ann irc.test 1700000000 0 :Tue, 14 Nov 2023 22:13:20 GMT
      ann > INFO ann
      ann < :irc.test 371 ann :test-1: A test
      ann < :irc.test 371 ann :Network: Test
      ann < :irc.test 371 ann :Started: Tue, 14 Nov 2023 22:13:20 GMT
      ann < :irc.test 374 ann :End of INFO list
      ann > INFO invalidserver
      ann < :irc.test 402 ann invalidserver :No such server
      ann > ADMIN
      ann < :irc.test 256 ann irc.test :Administrative info
      ann < :irc.test 257 ann :Here
      ann < :irc.test 258 ann :We
      ann < :irc.test 259 ann :we@irc.test
      ann > LINKS
      ann < :irc.test 364 ann irc.test irc.test :0 A test
      ann < :irc.test 365 ann * :End of /LINKS list
      ann > LUSERS
      ann < :irc.test 251 ann :There are 0 users and 1 invisible on 1 servers
      ann < :irc.test 252 ann 0 :operator(s) online
      ann < :irc.test 253 ann 1 :unknown connection(s)
      ann < :irc.test 254 ann 1 :channels formed
      ann < :irc.test 255 ann :I have 1 clients and 0 servers
      ann < :irc.test 265 ann 1 1 :Current local users 1, max 1
      ann < :irc.test 266 ann 1 1 :Current global users 1, max 1
      ann > VERSION
      ann < :irc.test 351 ann test-1 irc.test :A test
      ann < :irc.test 005 ann AWAYLEN=255 BOT=B CASEMAPPING=ascii CHANLIMIT=#:50 CHANMODES=beI,k,l,imnst CHANNELLEN=64 CHANTYPES=# ELIST=CMNTU EXCEPTS=e HOSTLEN=63 INVEX=I KEYLEN=23 KICKLEN=255 :are supported by this server
      ann < :irc.test 005 ann MAXLIST=b:100,e:100,I:100 MAXTARGETS=4 MODES=12 NAMELEN=128 NETWORK=Test NICKLEN=30 PREFIX=(ov)@+ STATUSMSG=@+ TARGMAX=JOIN:,KICK:4,LIST:4,NAMES:4,NOTICE:4,PART:,PRIVMSG:4,TAGMSG:4,WHOIS:1,WHOWAS:1 TOPICLEN=300 USERLEN=20 UTF8ONLY WHOX :are supported by this server
      ann > PING
      ann < :irc.test 409 ann :No origin specified
      ann > PING one two
      ann < :irc.test PONG irc.test :one`,
  },
  {
    name: "the server: nothing to say in MOTD and ADMIN",
    clients: ["ann"],
    play: `
      ann > MOTD
      ann < :irc.test 422 ann :MOTD File is missing
      ann > ADMIN
      ann < :irc.test 423 ann irc.test :No administrative info available`,
  },
  {
    name: "HELP: from the table of commands",
    clients: ["ann"],
    play: `
      ann > HELP
      ann < :irc.test 704 ann * :Commands; HELP and one of them tells more
      ann < :irc.test 705 ann * :CAP PASS NICK USER QUIT PING PONG JOIN PART TOPIC NAMES LIST INVITE KICK MODE PRIVMSG NOTICE TAGMSG AWAY SETNAME WHO WHOIS WHOWAS USERHOST ISON LUSERS MOTD VERSION TIME INFO ADMIN LINKS OPER KILL WALLOPS REHASH HELP
      ann < :irc.test 706 ann * :End of /HELP
      ann > HELP privmsg
      ann < :irc.test 704 ann PRIVMSG :PRIVMSG target{,target} :text
      ann < :irc.test 705 ann PRIVMSG :Sends a message to users and channels.
      ann < :irc.test 706 ann PRIVMSG :End of /HELP
      ann > HELP nothing
      ann < :irc.test 524 ann NOTHING :No help available on this topic
      ann > HELP :no thing
      ann < :irc.test 524 ann * :No help available on this topic`,
  },
]);

Deno.test("WHOIS: whose connection is encrypted", { permissions: "none", timeout: 10_000 }, () => {
  const driver = new ChatDriver();
  driver.connect("sec", "h", true);
  driver.play(`
    sec > CAP REQ :multi-prefix
    sec < :irc.test CAP * ACK :multi-prefix
    sec > NICK sec
    sec > USER sec 0 * :Sec`);
  driver.send("sec", "CAP END");
  driver.forget();
  driver.play(`
    sec > WHOIS sec
    sec < :irc.test 311 sec sec ~sec h * :Sec
    sec < :irc.test 312 sec sec irc.test :A test
    sec < :irc.test 671 sec sec :is using a secure connection
    sec < :irc.test 317 sec sec 0 1700000000 :seconds idle, signon time
    sec < :irc.test 318 sec sec :End of /WHOIS list`);
});
