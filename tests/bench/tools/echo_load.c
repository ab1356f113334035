/*
 * Load for TCP echo servers on 127.0.0.1, in a closed loop: every connection keeps DEPTH messages of SIZE
 * bytes on the way. First each byte that comes back is compared with what was sent; then "ready" is
 * printed, and a line on standard input starts the measurement, which is printed as JSON. With 0 SECONDS the
 * connections stay idle from "ready" until the line.
 *
 *     echo_load PORT CONNECTIONS SIZE DEPTH SECONDS
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

#define PATTERN (1u << 20)
#define CHUNK (256u * 1024)
#define SILENCE_MS 10000

struct connection {
  int fd;
  uint64_t sent, received; /* bytes since the beginning */
  uint64_t due;            /* bytes that are to be sent yet */
  uint64_t first;          /* where its pattern begins */
  uint64_t *sent_at;       /* times of the messages on the way, a ring of DEPTH */
};

static unsigned char pattern[2 * PATTERN], buffer[CHUNK];
static struct connection *all;
static int connections, poller;
static uint64_t size, depth, messages, bytes;

static void fill_pattern(void) {
  uint32_t state = 1;
  for (uint32_t i = 0; i < PATTERN; i++) {
    state = state * 1664525u + 1013904223u;
    pattern[i] = pattern[i + PATTERN] = (unsigned char)(state >> 24);
  }
}

static void open_connection(struct connection *c, int index, int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  int yes = 1;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  c->first = (uint64_t)index * 7919 % PATTERN;
  c->sent_at = calloc(depth, sizeof *c->sent_at);
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) < 0) die("connect");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  /* One byte there and back: the server serves this connection, it does not just wait in the backlog. */
  unsigned char byte = pattern[c->first], back = 0;
  if (send(c->fd, &byte, 1, MSG_NOSIGNAL) != 1 || recv(c->fd, &back, 1, 0) != 1) die("first byte");
  if (back != byte) fail("The first byte came back as another one");
  c->first = (c->first + 1) % PATTERN;
  if (fcntl(c->fd, F_SETFL, O_NONBLOCK) < 0) die("fcntl");
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event) < 0) die("epoll_ctl");
}

static void send_due(struct connection *c) {
  while (c->due > 0) {
    uint64_t length = c->due < CHUNK ? c->due : CHUNK;
    ssize_t count = send(c->fd, pattern + (c->first + c->sent) % PATTERN, length, MSG_NOSIGNAL);
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0) die("send");
    c->sent += (uint64_t)count;
    c->due -= (uint64_t)count;
  }
}

static void put_on_the_way(struct connection *c, uint64_t count, uint64_t now) {
  uint64_t next = (c->sent + c->due) / size;
  for (uint64_t i = 0; i < count; i++) c->sent_at[(next + i) % depth] = now;
  c->due += count * size;
}

static void receive(struct connection *c, int verify, int keep_sending) {
  for (;;) {
    ssize_t count = recv(c->fd, buffer, CHUNK, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0) die("recv");
    if (count == 0) fail("The server closed a connection");
    if (verify && memcmp(buffer, pattern + (c->first + c->received) % PATTERN, (size_t)count) != 0)
      fail("What came back differs from what was sent");
    uint64_t before = c->received / size, now = now_ns();
    c->received += (uint64_t)count;
    if (c->received > c->sent) fail("More came back than was sent");
    uint64_t after = c->received / size;
    for (uint64_t i = before; i < after; i++) note_latency(now - c->sent_at[i % depth]);
    messages += after - before;
    bytes += (uint64_t)count;
    if (keep_sending && after > before) put_on_the_way(c, after - before, now);
  }
}

/* Keeps all connections busy for so long, then lets what is on the way come back. */
static double run(double seconds, int verify) {
  struct epoll_event events[256];
  uint64_t start = now_ns(), end = start + (uint64_t)(seconds * 1e9);
  messages = bytes = 0;
  forget_latencies();
  for (int i = 0; i < connections; i++) {
    put_on_the_way(&all[i], depth, start);
    send_due(&all[i]);
  }
  int going = 1;
  uint64_t counted_messages = 0, counted_bytes = 0;
  double elapsed = 0;
  for (;;) {
    int count = epoll_wait(poller, events, 256, going ? 10 : SILENCE_MS);
    if (count < 0 && errno != EINTR) die("epoll_wait");
    if (count == 0 && !going) fail("Something that was sent never came back");
    for (int i = 0; i < count; i++) {
      struct connection *c = events[i].data.ptr;
      receive(c, verify, going);
      send_due(c);
    }
    if (going && now_ns() >= end) {
      going = 0;
      elapsed = (double)(now_ns() - start) / 1e9;
      counted_messages = messages;
      counted_bytes = bytes;
    }
    if (going) continue;
    int open = 0;
    for (int i = 0; i < connections; i++) open += all[i].due > 0 || all[i].received < all[i].sent;
    if (open == 0) break;
  }
  messages = counted_messages;
  bytes = counted_bytes;
  return elapsed;
}

int main(int count, char **words) {
  if (count != 6) fail("usage: echo_load PORT CONNECTIONS SIZE DEPTH SECONDS");
  int port = atoi(words[1]);
  connections = atoi(words[2]);
  size = strtoull(words[3], NULL, 10);
  depth = strtoull(words[4], NULL, 10);
  double seconds = atof(words[5]);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  fill_pattern();
  poller = epoll_create1(0);
  all = calloc((size_t)connections, sizeof *all);
  for (int i = 0; i < connections; i++) open_connection(&all[i], i, port);
  if (seconds > 0) run(seconds / 4, 1);
  wait_for_start();
  if (seconds == 0) return 0;
  double elapsed = run(seconds, 0);
  printf("{\"messages\":%llu,\"bytes\":%llu,\"seconds\":%.6f,\"p50\":%.3f,\"p99\":%.3f}\n",
         (unsigned long long)messages, (unsigned long long)bytes, elapsed, percentile_us(0.5),
         percentile_us(0.99));
  return 0;
}
