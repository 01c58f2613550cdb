#ifndef FITECH_CLINUX_DESCRIPTORS_H
#define FITECH_CLINUX_DESCRIPTORS_H
// Descriptors sent over Unix sockets: control messages are made of macros that Swift cannot see (cmsg(3)).
#include <string.h>
#include <sys/socket.h>

/// Sends `bytes` (at least one) with at most 16 descriptors. Answers the bytes sent, or -1 with errno set.
static inline ssize_t linux_send_descriptors(int socket, const int *fds, int count, const void *bytes, size_t size) {
  union {
    char room[CMSG_SPACE(16 * sizeof(int))];
    struct cmsghdr align;
  } control;
  if (count > 16) count = 16;
  memset(&control, 0, sizeof control);
  struct iovec part = {(void *)bytes, size};
  struct msghdr message = {0};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.room;
  message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
  memcpy(CMSG_DATA(header), fds, (size_t)count * sizeof(int));
  return sendmsg(socket, &message, MSG_NOSIGNAL);
}

/// Receives bytes with the descriptors that come along, closed on exec. `count` is their room, then their number.
static inline ssize_t linux_receive_descriptors(int socket, int *fds, int *count, void *bytes, size_t size) {
  union {
    char room[CMSG_SPACE(16 * sizeof(int))];
    struct cmsghdr align;
  } control;
  struct iovec part = {bytes, size};
  struct msghdr message = {0};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.room;
  message.msg_controllen = sizeof control.room;
  int room = *count;
  *count = 0;
  ssize_t length = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  if (length < 0) return length;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    int number = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    int *given = (int *)(void *)CMSG_DATA(header);
    for (int i = 0; i < number; i++) {
      if (*count < room) fds[(*count)++] = given[i]; else close(given[i]);
    }
  }
  return length;
}

/// The process that listens at the other end of a connected Unix socket; 0 when unknown.
static inline int linux_peer_process(int socket) {
  int pid = 0;
  uint32_t uid;
  linux_peer_credentials(socket, &pid, &uid);
  return pid;
}
#endif
