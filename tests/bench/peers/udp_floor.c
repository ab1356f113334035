/* UDP echo, one datagram at a time, on 127.0.0.1: the floor that the servers are compared with. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int count, char **words) {
  static char buffer[65536];
  struct sockaddr_in here = {.sin_family = AF_INET}, peer;
  if (count != 2) return 2;
  here.sin_port = htons((unsigned short)atoi(words[1]));
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (bind(fd, (struct sockaddr *)&here, sizeof here) < 0) {
    perror("bind");
    return 1;
  }
  for (;;) {
    socklen_t length = sizeof peer;
    ssize_t got = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&peer, &length);
    if (got >= 0) sendto(fd, buffer, (size_t)got, 0, (struct sockaddr *)&peer, length);
  }
}
