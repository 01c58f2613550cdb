#ifndef FITECH_CLINUX_H
#define FITECH_CLINUX_H
// The door to Linux: what Glibc's module leaves out (epoll, eventfd, timerfd, peer credentials) and the few
// macros and variadic calls Swift cannot see.
// No _GNU_SOURCE here: it changes fd_set and friends, and Swift refuses two shapes of one type (its Glibc module is
// built without). What only the GNU headers declare is declared at the end instead; libc has it all.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/prctl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/ip_icmp.h>
#include <netinet/icmp6.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <fcntl.h>
#include <signal.h>
#include <errno.h>
#include <stdio.h>
#include <stdint.h>
#include <string.h>
#include <stdlib.h>
#include <malloc.h>
#include <unistd.h>
#include <time.h>
#include <pthread.h>
#include <sys/types.h>

#ifndef __USE_GNU
extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
extern int pipe2(int descriptors[2], int flags);
extern int pthread_setname_np(pthread_t thread, const char *name);
extern ssize_t copy_file_range(int from, off_t *from_offset, int to, off_t *to_offset, size_t length, unsigned int flags);
struct ucred { pid_t pid; uid_t uid; gid_t gid; };
#endif
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/uio.h>

// glibc's allocator: what stays free at the end of a heap before it is given back, and from which size on a block is mapped by itself.
static inline void linux_keep_memory(int kept, int mapped) {
    mallopt(M_TRIM_THRESHOLD, kept);
    mallopt(M_MMAP_THRESHOLD, mapped);
}

// Constants whose macros Swift sees as differing types.
static const uint32_t linux_epoll_in = EPOLLIN;
static const uint32_t linux_epoll_out = EPOLLOUT;
static const uint32_t linux_epoll_rdhup = EPOLLRDHUP;
static const uint32_t linux_epoll_hup = EPOLLHUP;
static const uint32_t linux_epoll_err = EPOLLERR;
static const uint32_t linux_epoll_et = (uint32_t)EPOLLET;
static const uint32_t linux_epoll_exclusive = (uint32_t)EPOLLEXCLUSIVE;
static const int linux_cloexec = O_CLOEXEC;   // EPOLL_CLOEXEC, EFD_CLOEXEC and SFD_CLOEXEC are this too
static const int linux_o_path = 010000000;  // O_PATH
static const int linux_nonblock = O_NONBLOCK;
static const int linux_sock_stream = SOCK_STREAM;
static const int linux_sock_nonblock = SOCK_NONBLOCK;
static const int linux_sock_cloexec = SOCK_CLOEXEC;
static const int linux_msg_peek = MSG_PEEK;
static const int linux_msg_nosignal = MSG_NOSIGNAL;
static const int linux_ipproto_tcp = IPPROTO_TCP;
static const int linux_ipproto_ipv6 = IPPROTO_IPV6;

/// Nanoseconds of the monotonic clock.
static inline uint64_t linux_monotonic(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/// Who is at the other end of a Unix socket; pid 0 when unknown.
static inline void linux_peer_credentials(int fd, int *pid, uint32_t *uid) {
  struct ucred who;
  socklen_t size = sizeof who;
  *pid = 0;
  *uid = (uint32_t)-1;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0) {
    *pid = who.pid;
    *uid = who.uid;
  }
}


static inline int linux_fcntl(int fd, int command, int argument) { return fcntl(fd, command, argument); }

/// Names the calling thread, as `top -H` shows it (15 bytes).
static inline void linux_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

/// Writes what of a file is only in memory and waits for it: neither the journal nor the disk's own cache is flushed. For the pace of
/// large work; durability is fsync's.
static inline int linux_write_back(int fd) {
  return (int)syscall(SYS_sync_file_range, fd, 0L, 0L, 7U /* wait before, write, wait after */);
}

/// Whether no other descriptor of a file opened for writing is open anywhere: a lease is to be had then, and is given back at once. 0 as
/// well where the file system has no leases. (SIGURG, which nobody minds, would tell of somebody who opens it meanwhile.)
static inline int linux_is_open_once(int fd) {
  if (fcntl(fd, 10 /* F_SETSIG */, SIGURG) != 0 || fcntl(fd, 1024 /* F_SETLEASE */, F_WRLCK) != 0) return 0;
  fcntl(fd, 1024, F_UNLCK);
  return 1;
}

/// Writes `Sun, 22 Nov 2026 15:04:05 GMT` (29 bytes and a NUL) for a second since 1970.
static inline void linux_http_date(int64_t second, char out[32]) {
  time_t when = (time_t)second;
  struct tm parts;
  gmtime_r(&when, &parts);
  static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  snprintf(out, 32, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[parts.tm_wday], parts.tm_mday, months[parts.tm_mon],
           parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

#include "spawn.h"
#include "descriptors.h"
#endif
