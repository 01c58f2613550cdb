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
#endif
