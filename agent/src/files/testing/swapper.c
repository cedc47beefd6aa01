// Swaps two names with each other as fast as it can until its standard input ends, then says how often it did.
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2
#endif

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  unsigned long swaps = 0;
  struct pollfd input = {.fd = 0, .events = POLLIN};
  for (unsigned long tries = 0;; tries++) {
    if (tries % 256 == 0 && poll(&input, 1, 0) != 0) break;
    // What is missing just now is put there again by the test.
    if (syscall(SYS_renameat2, AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE) == 0) swaps++;
  }
  printf("%lu\n", swaps);
  return 0;
}
