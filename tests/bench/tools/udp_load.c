/*
 * Load for UDP echo servers on 127.0.0.1, in a closed loop: each of SOCKETS keeps DEPTH datagrams of SIZE
 * bytes on the way. Each carries its socket and number and a pattern, and is compared when it is back. What
 * is not back after 100 ms is counted as lost, and the next one is sent in its place.
 *
 *     udp_load PORT SOCKETS SIZE DEPTH SECONDS
 */
#define _GNU_SOURCE
#include "load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOST_NS 100000000ull
#define MOST_DEPTH 1024
#define MOST_SIZE 65507

struct slot {
  uint32_t number; /* of the datagram on the way, 0 for none */
  uint64_t sent_at;
};

struct talker {
  int fd;
  uint32_t index, next;
  struct slot slots[MOST_DEPTH];
};

static struct talker *all;
static int talkers, poller;
static size_t size;
static uint32_t depth;
static uint64_t messages, lost;
static unsigned char outgoing[MOST_SIZE], incoming[MOST_SIZE + 1], expected[MOST_SIZE];

static void compose(unsigned char *into, uint32_t index, uint32_t number) {
  memset(into, (int)(index * 31 + number), size);
  memcpy(into, &index, sizeof index);
  memcpy(into + sizeof index, &number, sizeof number);
}

static void ask(struct talker *t, struct slot *slot, uint64_t now) {
  uint32_t place = (uint32_t)(slot - t->slots);
  /* The number tells the slot: number mod depth. */
  uint32_t number = (++t->next) * depth + place;
  compose(outgoing, t->index, number);
  ssize_t count = send(t->fd, outgoing, size, 0);
  if (count < 0 && errno != EAGAIN && errno != ECONNREFUSED) die("send");
  slot->number = number;
  slot->sent_at = now;
}

static void hear(struct talker *t, int keep_asking) {
  for (;;) {
    ssize_t count = recv(t->fd, incoming, sizeof incoming, 0);
    if (count < 0 && (errno == EAGAIN || errno == ECONNREFUSED)) return;
    if (count < 0) die("recv");
    uint32_t index, number;
    if ((size_t)count != size) fail("A datagram came back with another length");
    memcpy(&index, incoming, sizeof index);
    memcpy(&number, incoming + sizeof index, sizeof number);
    compose(expected, t->index, number);
    if (memcmp(incoming, expected, size) != 0) fail("A datagram came back changed");
    struct slot *slot = &t->slots[number % depth];
    if (slot->number != number) continue; /* counted as lost before */
    uint64_t now = now_ns();
    note_latency(now - slot->sent_at);
    messages++;
    slot->number = 0;
    if (keep_asking) ask(t, slot, now);
  }
}

static void give_up_old(uint64_t now, int keep_asking) {
  for (int i = 0; i < talkers; i++) {
    for (uint32_t j = 0; j < depth; j++) {
      struct slot *slot = &all[i].slots[j];
      if (slot->number == 0 || now - slot->sent_at < LOST_NS) continue;
      lost++;
      slot->number = 0;
      if (keep_asking) ask(&all[i], slot, now);
    }
  }
}

static int on_the_way(void) {
  int count = 0;
  for (int i = 0; i < talkers; i++)
    for (uint32_t j = 0; j < depth; j++) count += all[i].slots[j].number != 0;
  return count;
}

static double run(double seconds) {
  struct epoll_event events[64];
  uint64_t start = now_ns(), end = start + (uint64_t)(seconds * 1e9), looked = start;
  double elapsed = 0;
  uint64_t counted = 0;
  int going = 1;
  messages = lost = 0;
  forget_latencies();
  for (int i = 0; i < talkers; i++)
    for (uint32_t j = 0; j < depth; j++) ask(&all[i], &all[i].slots[j], now_ns());
  while (going || on_the_way() > 0) {
    int count = epoll_wait(poller, events, 64, 5);
    for (int i = 0; i < count; i++) hear(events[i].data.ptr, going);
    uint64_t now = now_ns();
    if (now - looked > LOST_NS / 10) {
      give_up_old(now, going);
      looked = now;
    }
    if (going && now >= end) {
      going = 0;
      elapsed = (double)(now - start) / 1e9;
      counted = messages;
    }
  }
  messages = counted;
  return elapsed;
}

int main(int count, char **words) {
  if (count != 6) fail("usage: udp_load PORT SOCKETS SIZE DEPTH SECONDS");
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(words[1]))};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  talkers = atoi(words[2]);
  size = strtoull(words[3], NULL, 10);
  depth = (uint32_t)atoi(words[4]);
  double seconds = atof(words[5]);
  if (size < 8 || size > MOST_SIZE || depth < 1 || depth > MOST_DEPTH) fail("SIZE or DEPTH is out of range");
  poller = epoll_create1(0);
  all = calloc((size_t)talkers, sizeof *all);
  for (int i = 0; i < talkers; i++) {
    struct talker *t = &all[i];
    t->index = (uint32_t)i;
    t->fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (t->fd < 0 || connect(t->fd, (struct sockaddr *)&to, sizeof to) < 0) die("connect");
    fcntl(t->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = t};
    epoll_ctl(poller, EPOLL_CTL_ADD, t->fd, &event);
  }
  run(seconds / 4);
  if (messages == 0) fail("Nothing came back");
  wait_for_start();
  double elapsed = run(seconds);
  printf("{\"messages\":%llu,\"lost\":%llu,\"seconds\":%.6f,\"p50\":%.3f,\"p99\":%.3f}\n",
         (unsigned long long)messages, (unsigned long long)lost, elapsed, percentile_us(0.5),
         percentile_us(0.99));
  return 0;
}
