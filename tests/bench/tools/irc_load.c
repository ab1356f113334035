/*
 * Load for IRC servers on 127.0.0.1. All members sit in one channel, and every line that one of them is to
 * get is looked at: the right one, in the right order, and none too few.
 *
 *     irc_load PORT fan-out MEMBERS WINDOW SECONDS    one speaks WINDOW lines, all hear them, and so on
 *     irc_load PORT storm MEMBERS VISITORS SECONDS    visitors join and part, all members hear it
 *     irc_load PORT rush MEMBERS WINDOW 0             all join, WINDOW of them at once; then all quit
 *     irc_load PORT idle MEMBERS 0 0                  all are registered, and say nothing
 */
#define _GNU_SOURCE
#include "load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROOM 65536
#define SILENCE_MS 10000

enum state { REGISTERING, JOINING, INSIDE, OUTSIDE, QUITTING, GONE };
enum mode { FAN_OUT, STORM, RUSH, IDLE };

struct client {
  int fd, is_visitor;
  enum state state;
  size_t filled;
  uint64_t heard;    /* lines of the channel, joins and parts */
  uint64_t since;    /* when a visitor began to join */
  char buffer[ROOM];
};

static struct client *all;
static enum mode mode;
static int members, visitors, poller, going;
static uint64_t spoken, window_at, visits, deliveries;

static void say(struct client *c, const char *text) {
  size_t length = strlen(text), sent = 0;
  while (sent < length) {
    ssize_t count = send(c->fd, text + sent, length - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EAGAIN) continue;
    if (count < 0) die("send");
    sent += (size_t)count;
  }
}

static void speak(uint64_t window) {
  static char text[512 * 128];
  size_t length = 0;
  window_at = now_ns();
  for (uint64_t i = 0; i < window; i++)
    length += (size_t)snprintf(text + length, 512, "PRIVMSG #bench :%010llu The Matrix has you\r\n",
                               (unsigned long long)++spoken);
  say(&all[0], text);
}

static void enter(struct client *c) {
  c->state = JOINING;
  c->since = now_ns();
  say(c, "JOIN #bench\r\n");
}

/* The word after the prefix, as in ":ann!a@host JOIN #bench". */
static const char *verb_of(const char *line) {
  if (*line != ':') return line;
  const char *blank = strchr(line, ' ');
  return blank == NULL ? "" : blank + 1;
}

static void hear_member(struct client *c, const char *verb) {
  if (strncmp(verb, "PRIVMSG #bench :", 16) == 0) {
    if (strtoull(verb + 16, NULL, 10) != ++c->heard) fail("A line came twice, late, or never");
    note_latency(now_ns() - window_at);
    deliveries++;
  } else if (strncmp(verb, "JOIN", 4) == 0 || strncmp(verb, "PART", 4) == 0) {
    c->heard++;
    deliveries++;
  }
}

static void hear_visitor(struct client *c, const char *verb) {
  if (c->state == JOINING && strncmp(verb, "366 ", 4) == 0) {
    note_latency(now_ns() - c->since);
    c->state = INSIDE;
    say(c, "PART #bench\r\n");
  } else if (c->state == INSIDE && strncmp(verb, "PART", 4) == 0) {
    /* Others part as well; one's own departure is the last line that comes. */
    char name[32];
    snprintf(name, sizeof name, ":v%d!", (int)(c - all));
    const char *line = verb;
    while (line > c->buffer && line[-1] != '\0') line--;
    if (strncmp(line, name, strlen(name)) != 0) return;
    c->state = OUTSIDE;
    visits++;
    if (going) enter(c);
  }
}

static void hear(struct client *c, const char *line) {
  const char *verb = verb_of(line);
  if (mode == RUSH && (strncmp(verb, "JOIN", 4) == 0 || strncmp(verb, "QUIT", 4) == 0)) deliveries++;
  if (strncmp(line, "PING ", 5) == 0) {
    char answer[600];
    snprintf(answer, sizeof answer, "PONG %.500s\r\n", line + 5);
    say(c, answer);
  } else if (strncmp(line, "ERROR", 5) == 0) {
    if (c->state != QUITTING) fail(line);
  } else if (c->state == REGISTERING) {
    if (strncmp(verb, "376 ", 4) == 0 || strncmp(verb, "422 ", 4) == 0) c->state = OUTSIDE;
  } else if (c->is_visitor) {
    hear_visitor(c, verb);
  } else if (c->state == JOINING) {
    if (strncmp(verb, "366 ", 4) == 0) c->state = INSIDE;
  } else if (mode != RUSH) {
    hear_member(c, verb);
  }
}

/* Takes what is there; lines are divided by zeros in the buffer while they are looked at. */
static void read_lines(struct client *c) {
  for (;;) {
    ssize_t count = recv(c->fd, c->buffer + c->filled, ROOM - c->filled - 1, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0) die("recv");
    if (count == 0 && c->state == QUITTING) {
      close(c->fd);
      c->state = GONE;
      return;
    }
    if (count == 0) fail("The server closed a connection");
    c->filled += (size_t)count;
    char *line = c->buffer, *end = c->buffer + c->filled, *feed;
    while ((feed = memchr(line, '\n', (size_t)(end - line))) != NULL) {
      *feed = '\0';
      if (feed > line && feed[-1] == '\r') feed[-1] = '\0';
      hear(c, line);
      line = feed + 1;
    }
    c->filled = (size_t)(end - line);
    memmove(c->buffer, line, c->filled);
    if (c->filled == ROOM - 1) fail("A line has no end");
  }
}

static void turn(int timeout) {
  struct epoll_event events[256];
  int count = epoll_wait(poller, events, 256, timeout);
  if (count == 0 && timeout == SILENCE_MS) fail("A line that somebody is to get never came");
  for (int i = 0; i < count; i++) read_lines(events[i].data.ptr);
}

static void await_state(struct client *c, enum state state) {
  while (c->state != state) turn(SILENCE_MS);
}

static void connect_client(int index, int port) {
  struct client *c = &all[index];
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  int yes = 1;
  char hello[128];
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  c->is_visitor = index >= members;
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0) die("connect");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event);
  const char kind = c->is_visitor ? 'v' : 'm';
  snprintf(hello, sizeof hello, "NICK %c%d\r\nUSER %c 0 * :Load\r\n", kind, index, kind);
  say(c, hello);
  await_state(c, OUTSIDE);
  if (c->is_visitor || mode == RUSH || mode == IDLE) return;
  enter(c);
  await_state(c, INSIDE);
}

/* Everybody but the speaker has heard all that was said. */
static int all_heard(void) {
  for (int i = 1; i < members; i++)
    if (all[i].heard < spoken) return 0;
  return 1;
}

static void forget(void) {
  forget_latencies();
  deliveries = visits = 0;
}

static double fan_out(uint64_t window, double seconds) {
  uint64_t start = now_ns(), end = start + (uint64_t)(seconds * 1e9);
  forget();
  while (now_ns() < end) {
    speak(window);
    while (!all_heard()) turn(SILENCE_MS);
  }
  return (double)(now_ns() - start) / 1e9;
}

static int visitors_inside(void) {
  int count = 0;
  for (int i = members; i < members + visitors; i++) count += all[i].state != OUTSIDE;
  return count;
}

static double storm(double seconds) {
  uint64_t start = now_ns(), end = start + (uint64_t)(seconds * 1e9), before[members];
  forget();
  for (int i = 0; i < members; i++) before[i] = all[i].heard;
  going = 1;
  for (int i = members; i < members + visitors; i++) enter(&all[i]);
  while (now_ns() < end) turn(10);
  going = 0;
  while (visitors_inside() > 0) turn(SILENCE_MS);
  for (int i = 0; i < members; i++)
    while (all[i].heard - before[i] < 2 * visits) turn(SILENCE_MS);
  return (double)(now_ns() - start) / 1e9;
}

static void quit(struct client *c) {
  c->state = QUITTING;
  say(c, "QUIT\r\n");
}

/* Everybody does the same, so many at once: the next begins when the one WINDOW places ahead is done. */
static void file_past(void (*step)(struct client *), enum state done, int window) {
  for (int i = 0; i < members; i++) {
    if (i >= window) await_state(&all[i - window], done);
    step(&all[i]);
  }
  for (int i = 0; i < members; i++) await_state(&all[i], done);
}

static void await_deliveries(uint64_t expected) {
  while (deliveries < expected) turn(SILENCE_MS);
  if (deliveries > expected) fail("Somebody heard more than there was");
}

/* Each member hears of its own arrival, of all later ones, and of all who leave before it does. */
static double rush(int window) {
  uint64_t start = now_ns(), n = (uint64_t)members;
  forget();
  file_past(enter, INSIDE, window);
  await_deliveries(n * (n + 1) / 2);
  file_past(quit, GONE, window);
  await_deliveries(n * n);
  visits = n;
  return (double)(now_ns() - start) / 1e9;
}

/* Later members' arrivals are still on their way to the earlier ones. */
static void await_arrivals(void) {
  uint64_t arrivals = 0;
  for (int i = 0; i < members; i++)
    while (all[i].heard < (uint64_t)(members - 1 - i)) turn(SILENCE_MS);
  for (int i = 0; i < members; i++) arrivals += all[i].heard;
  for (int i = 0; i < members; i++) all[i].heard = 0;
  if (arrivals != (uint64_t)members * (uint64_t)(members - 1) / 2) fail("Too many arrivals");
}

static enum mode mode_of(const char *word) {
  if (strcmp(word, "fan-out") == 0) return FAN_OUT;
  if (strcmp(word, "storm") == 0) return STORM;
  if (strcmp(word, "rush") == 0) return RUSH;
  if (strcmp(word, "idle") == 0) return IDLE;
  fail("usage: irc_load PORT fan-out|storm|rush|idle MEMBERS WINDOW|VISITORS SECONDS");
  return IDLE;
}

int main(int count, char **words) {
  if (count != 6) fail("usage: irc_load PORT fan-out|storm|rush|idle MEMBERS WINDOW|VISITORS SECONDS");
  int number = atoi(words[4]);
  double seconds = atof(words[5]), elapsed = 0;
  mode = mode_of(words[2]);
  members = atoi(words[3]) + (mode == FAN_OUT); /* the speaker hears nothing of itself */
  visitors = mode == STORM ? number : 0;
  if (mode == FAN_OUT && number > 128) fail("WINDOW is out of range");
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  poller = epoll_create1(0);
  all = calloc((size_t)(members + visitors), sizeof *all);
  for (int i = 0; i < members + visitors; i++) connect_client(i, atoi(words[1]));
  if (mode == FAN_OUT || mode == STORM) await_arrivals();
  if (mode == FAN_OUT) fan_out((uint64_t)number, seconds / 4);
  if (mode == STORM) storm(seconds / 4);
  wait_for_start();
  if (mode == FAN_OUT) elapsed = fan_out((uint64_t)number, seconds);
  if (mode == STORM) elapsed = storm(seconds);
  if (mode == RUSH) elapsed = rush(number);
  printf("{\"deliveries\":%llu,\"visits\":%llu,\"seconds\":%.6f,\"p50\":%.3f,\"p99\":%.3f}\n",
         (unsigned long long)deliveries, (unsigned long long)visits, elapsed, percentile_us(0.5),
         percentile_us(0.99));
  return 0;
}
