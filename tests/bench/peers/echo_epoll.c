/* TCP echo with epoll in one thread, on 127.0.0.1: the floor that the servers are compared with. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK (256 * 1024)

struct client {
  int fd;
  size_t from, to; /* of what could not be sent yet */
  char *unsent;
};

static char buffer[CHUNK];
static int poller;

static void watch(struct client *c, uint32_t what, int how) {
  struct epoll_event event = {.events = what, .data.ptr = c};
  epoll_ctl(poller, how, c->fd, &event);
}

static void forget(struct client *c) {
  close(c->fd);
  free(c->unsent);
  free(c);
}

/* Sends what it can, keeps the rest and reads no more until that is gone. Returns 0 if the client is gone. */
static int echo(struct client *c, const char *data, size_t length) {
  size_t sent = 0;
  while (sent < length) {
    ssize_t count = send(c->fd, data + sent, length - sent, MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN) return 0;
    if (count < 0) break;
    sent += (size_t)count;
  }
  if (sent == length) return 1;
  c->unsent = malloc(length - sent);
  c->from = 0;
  c->to = length - sent;
  for (size_t i = 0; i < c->to; i++) c->unsent[i] = data[sent + i];
  watch(c, EPOLLOUT, EPOLL_CTL_MOD);
  return 1;
}

static int resume(struct client *c) {
  ssize_t count = send(c->fd, c->unsent + c->from, c->to - c->from, MSG_NOSIGNAL);
  if (count < 0) return errno == EAGAIN;
  c->from += (size_t)count;
  if (c->from < c->to) return 1;
  free(c->unsent);
  c->unsent = NULL;
  watch(c, EPOLLIN, EPOLL_CTL_MOD);
  return 1;
}

static void welcome(int listener) {
  int fd, yes = 1;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    struct client *c = calloc(1, sizeof *c);
    c->fd = fd;
    watch(c, EPOLLIN, EPOLL_CTL_ADD);
  }
}

int main(int count, char **words) {
  struct sockaddr_in here = {.sin_family = AF_INET};
  struct epoll_event events[256];
  int yes = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (count != 2) return 2;
  here.sin_port = htons((uint16_t)atoi(words[1]));
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, (struct sockaddr *)&here, sizeof here) < 0 || listen(listener, 511) < 0) {
    perror("listen");
    return 1;
  }
  poller = epoll_create1(0);
  struct client door = {.fd = listener};
  watch(&door, EPOLLIN, EPOLL_CTL_ADD);
  for (;;) {
    int ready = epoll_wait(poller, events, 256, -1);
    for (int i = 0; i < ready; i++) {
      struct client *c = events[i].data.ptr;
      if (c == &door) {
        welcome(listener);
      } else if (c->unsent != NULL) {
        if (!resume(c)) forget(c);
      } else {
        ssize_t got = recv(c->fd, buffer, sizeof buffer, 0);
        if (got < 0 && errno == EAGAIN) continue;
        if (got <= 0 || !echo(c, buffer, (size_t)got)) forget(c);
      }
    }
  }
}
