#ifndef FITECH_CLINUX_SPAWN_H
#define FITECH_CLINUX_SPAWN_H
// Starting a node needs what Swift may not do between fork and exec: descriptors put at 3 and up with LISTEN_PID naming the
// child (posix_spawn cannot know it), a process group of its own (Ctrl-C reaches the supervisor alone).
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>

/// Starts `path`; its input is /dev/null, output and errors go to `output`, `fds` become 3, 4, ...
/// `listen_pid` is the digits part of a LISTEN_PID string inside `envp`, at least 11 bytes, or NULL.
/// Answers the process id, or -1 with errno set, also when exec itself failed.
static inline pid_t linux_spawn(const char *path, char *const argv[], char *const envp[], const int *fds, int count,
                                 int output, char *listen_pid) {
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) return -1;
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  pid_t pid = fork();
  if (pid == 0) {
    int moved[16], error = report[1];
    if (count > 16) count = 16;
    setpgid(0, 0);
    for (int number = 1; number < 65; number++) signal(number, SIG_DFL);
    error = fcntl(error, F_DUPFD_CLOEXEC, 200);
    output = fcntl(output, F_DUPFD_CLOEXEC, 200);
    for (int i = 0; i < count; i++) moved[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 200);
    for (int i = 0; i < count; i++) dup2(moved[i], 3 + i);
    int null = open("/dev/null", O_RDONLY);
    if (null >= 0) dup2(null, 0);
    dup2(output, 1);
    dup2(output, 2);
    syscall(SYS_close_range, 3 + (unsigned)count, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */);
    if (listen_pid) {
      char digits[12];
      int length = 0, at = 0;
      for (pid_t rest = getpid(); rest > 0; rest /= 10) digits[length++] = (char)('0' + rest % 10);
      while (length > 0) listen_pid[at++] = digits[--length];
      listen_pid[at] = 0;
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(path, argv, envp);
    int code = errno;
    if (write(error, &code, sizeof code) < 0) _exit(126);
    _exit(127);
  }
  int failed = errno;
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  close(report[1]);
  if (pid < 0) {
    close(report[0]);
    errno = failed;
    return -1;
  }
  int code = 0;
  ssize_t got;
  do got = read(report[0], &code, sizeof code); while (got < 0 && errno == EINTR);
  close(report[0]);
  if (got == (ssize_t)sizeof code) {
    waitpid(pid, NULL, 0);
    errno = code;
    return -1;
  }
  return pid;
}

/// A descriptor that becomes readable when the process ends (Linux 5.3); -1 with errno set.
static inline int linux_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
#endif
