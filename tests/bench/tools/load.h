/* What the load tools share: time, latencies, and the conversation with the benchmark. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HALF_STEPS 64 /* steps of a histogram within a power of two: errors below 2 % */
#define BUCKETS (64 * HALF_STEPS)

static uint64_t histogram[BUCKETS];
static uint64_t histogram_total;

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

/* Exact below HALF_STEPS ns, then so many steps for each power of two. */
static void note_latency(uint64_t ns) {
  uint64_t scaled = ns, shift = 0;
  while (scaled >= 2 * HALF_STEPS) {
    scaled >>= 1;
    shift++;
  }
  uint64_t bucket = shift * HALF_STEPS + scaled;
  histogram[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
  histogram_total++;
}

static void forget_latencies(void) {
  memset(histogram, 0, sizeof histogram);
  histogram_total = 0;
}

/* The latency in microseconds that a share of all messages did not exceed. */
static double percentile_us(double share) {
  uint64_t seen = 0;
  for (uint64_t i = 0; i < BUCKETS; i++) {
    seen += histogram[i];
    if (seen > 0 && (double)seen >= share * (double)histogram_total) {
      uint64_t shift = i < 2 * HALF_STEPS ? 0 : i / HALF_STEPS - 1;
      return (double)((i - shift * HALF_STEPS) << shift) / 1000.0;
    }
  }
  return 0;
}

/* Says that all is verified and quiet, and waits for the word to begin. */
static void wait_for_start(void) {
  char line[16];
  printf("ready\n");
  fflush(stdout);
  if (fgets(line, sizeof line, stdin) == NULL) exit(1);
}
