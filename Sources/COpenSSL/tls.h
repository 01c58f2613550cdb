#ifndef FITECH_COPENSSL_TLS_H
#define FITECH_COPENSSL_TLS_H
// TLS over a non-blocking socket: OpenSSL's function-like macros, the choice of protocol, and a BIO of our own that sends
// without SIGPIPE and does not ask an empty socket twice.
#include <sys/socket.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "tickets.h"

/// The socket under one TLS connection, shared by the BIO and whoever waits for the socket.
typedef struct tls_wire {
  int fd;
  /// The last read came back short: the socket is empty until it is said to be readable again.
  unsigned char drained;
  /// The peer ended or the socket broke: always ask the socket.
  unsigned char ended;
  /// Renegotiations the peer asked for, and was refused, and how many of them are put up with.
  unsigned char renegotiations;
  unsigned char renegotiation_limit;
  /// Handshake messages after the handshake (key updates) in the second `odd_second`, and how many one second may have.
  unsigned int odd;
  unsigned int odd_limit;
  long odd_second;
  /// What opens and seals tickets; NULL leaves it to OpenSSL's own keys.
  const tls_ticket_keys *keys;
  /// The Swift object of this connection, borrowed.
  void *owner;
} tls_wire;

static int tls_wire_read(BIO *bio, char *into, int room) {
  tls_wire *wire = (tls_wire *)BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  if (wire->renegotiations > wire->renegotiation_limit || wire->odd > wire->odd_limit) return -1;
  if (wire->drained && !wire->ended) {
    BIO_set_retry_read(bio);
    return -1;
  }
  ssize_t got;
  do got = recv(wire->fd, into, (size_t)room, 0); while (got < 0 && errno == EINTR);
  if (got > 0) {
    if (got < room) wire->drained = 1;
    return (int)got;
  }
  if (got == 0) {
    BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return 0;
  }
  if (errno == EAGAIN) {
    wire->drained = 1;
    BIO_set_retry_read(bio);
  }
  return -1;
}

static int tls_wire_write(BIO *bio, const char *from, int count) {
  tls_wire *wire = (tls_wire *)BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  ssize_t put;
  do put = send(wire->fd, from, (size_t)count, MSG_NOSIGNAL); while (put < 0 && errno == EINTR);
  if (put < 0 && errno == EAGAIN) BIO_set_retry_write(bio);
  return (int)put;
}

static long tls_wire_control(BIO *bio, int command, long number, void *pointer) {
  switch (command) {
    case BIO_CTRL_FLUSH: return 1;
    case BIO_CTRL_EOF: return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    default: return 0;
  }
}

static int tls_wire_create(BIO *bio) {
  BIO_set_init(bio, 1);
  return 1;
}

/// The BIO's method; make it once. NULL when memory is out.
static inline BIO_METHOD *tls_wire_method(void) {
  BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
  if (!method) return NULL;
  BIO_meth_set_read(method, tls_wire_read);
  BIO_meth_set_write(method, tls_wire_write);
  BIO_meth_set_ctrl(method, tls_wire_control);
  BIO_meth_set_create(method, tls_wire_create);
  return method;
}

/// A connection over `wire`, which must outlive it. NULL with the error queue filled.
static inline SSL *tls_new(SSL_CTX *context, BIO_METHOD *method, tls_wire *wire) {
  SSL *ssl = SSL_new(context);
  if (!ssl) return NULL;
  BIO *bio = BIO_new(method);
  if (!bio) {
    SSL_free(ssl);
    return NULL;
  }
  BIO_set_data(bio, wire);
  SSL_set_bio(ssl, bio, bio);
  SSL_set_app_data(ssl, wire);
  return ssl;
}

static inline tls_wire *tls_wire_of(const SSL *ssl) { return (tls_wire *)SSL_get_app_data(ssl); }

/// Counts what a peer makes TLS do besides carrying data. OpenSSL handles all such messages that are in its buffer before it
/// returns to us, so they are counted here, and the next read finds that it was too many.
static void tls_informed(const SSL *ssl, int where, int value) {
  tls_wire *wire = tls_wire_of(ssl);
  if (!wire) return;
  if ((where & SSL_CB_WRITE_ALERT) == SSL_CB_WRITE_ALERT) {
    if ((value & 0xff) == SSL_AD_NO_RENEGOTIATION && wire->renegotiations < 255) wire->renegotiations++;
    return;
  }
  if ((where != SSL_CB_ACCEPT_LOOP && where != SSL_CB_CONNECT_LOOP) || SSL_get_state(ssl) != TLS_ST_OK) return;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (now.tv_sec != wire->odd_second && wire->odd <= wire->odd_limit) {
    wire->odd_second = now.tv_sec;
    wire->odd = 0;
  }
  wire->odd++;
}

/// h2 where `http2` is not NULL, else http/1.1, else nothing: a client that offers protocols without either is told so by an
/// alert (RFC 7301 3.2).
static int tls_choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *offered,
                               unsigned int count, void *http2) {
  const unsigned char *found = NULL;
  for (unsigned int at = 0; at < count && at + 1 + offered[at] <= count; at += 1 + offered[at]) {
    if (http2 && offered[at] == 2 && memcmp(offered + at + 1, "h2", 2) == 0) {
      found = offered + at;
      break;
    }
    if (!found && offered[at] == 8 && memcmp(offered + at + 1, "http/1.1", 8) == 0) found = offered + at;
  }
  if (!found) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = found + 1;
  *length = *found;
  return SSL_TLSEXT_ERR_OK;
}

/// What both sides of ours have in common: TLS 1.2 and 1.3, forward-secret AEAD suites, no renegotiation or compression,
/// buffers only while in use, reading ahead. 1 when all was accepted.
static inline int tls_common(SSL_CTX *context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_info_callback(context, tls_informed);
  SSL_CTX_set_read_ahead(context, 1);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1;
}

/// What a server chooses by ALPN: http/1.1, and with `http2` h2 before it.
static inline void tls_serve_http(SSL_CTX *context, int http2) {
  SSL_CTX_set_alpn_select_cb(context, tls_choose_protocol, http2 ? context : NULL);
}

/// Whether h2 was chosen.
static inline int tls_speaks_http2(SSL *ssl) {
  const unsigned char *chosen = NULL;
  unsigned int length = 0;
  SSL_get0_alpn_selected(ssl, &chosen, &length);
  return length == 2 && memcmp(chosen, "h2", 2) == 0;
}

static inline int tls_offer_http11(SSL_CTX *context) {
  static const unsigned char offer[] = "\x08http/1.1";
  return SSL_CTX_set_alpn_protos(context, offer, sizeof offer - 1) == 0;
}

static int tls_ticket_key_of(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac,
                             int sealing) {
  tls_wire *wire = tls_wire_of(ssl);
  return tls_ticket_key(wire ? wire->keys : NULL, name, iv, cipher, mac, sealing);
}

/// Tickets are made when asked for (TLS 1.3) or in the handshake (1.2), `tag` saying what they carry. With `shared` their
/// keys are those of the connection's wire.
static inline void tls_serve_tickets(SSL_CTX *context, SSL_CTX_generate_session_ticket_fn tag, int shared) {
  if (shared) SSL_CTX_set_tlsext_ticket_key_evp_cb(context, tls_ticket_key_of);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_session_ticket_cb(context, tag, tls_ticket_opened, NULL);
}

static inline void tls_session_cache_off(SSL_CTX *context) { SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF); }
static inline void tls_no_tickets(SSL_CTX *context) {
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context, 0);
}
static inline long tls_set_name(SSL *ssl, const char *name) { return SSL_set_tlsext_host_name(ssl, name); }

// Macros for a client that is told what to ask for.
static inline void tls_client_version(SSL *ssl, int version) {
  SSL_set_min_proto_version(ssl, version);
  SSL_set_max_proto_version(ssl, version);
}
static inline long tls_client_signatures(SSL *ssl, const char *list) { return SSL_set1_sigalgs_list(ssl, list); }
static inline void tls_client_wants_staple(SSL *ssl) { SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp); }
static inline long tls_client_staple(SSL *ssl, const unsigned char **bytes) { return SSL_get_tlsext_status_ocsp_resp(ssl, bytes); }

static inline int tls_is_http_request(unsigned long code) { return ERR_GET_REASON(code) == SSL_R_HTTP_REQUEST; }
#endif
