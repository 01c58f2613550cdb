#ifndef FITECH_COPENSSL_TICKETS_H
#define FITECH_COPENSSL_TICKETS_H
// TLS session tickets (RFC 5077, RFC 8446 4.6.1): keys that several processes share and change together, and the one
// moment at which a ticket is made.
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <string.h>

#define TLS_TICKET_KEY_BYTES 80
#define TLS_TICKET_KEYS 4

/// The first key seals, all of them open. Each is a name (16), an HMAC key (32) and an AES key (32).
typedef struct tls_ticket_keys {
  int count;
  unsigned char keys[TLS_TICKET_KEYS][TLS_TICKET_KEY_BYTES];
} tls_ticket_keys;

/// Finds the key and sets cipher and MAC. 1: sealed, or opened with the first key; 2: opened with another, so the ticket
/// is worth replacing; 0: not a ticket of ours; -1: failed. RFC 5077 4 recommends the construction.
static int tls_ticket_key(const tls_ticket_keys *keys, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
                          EVP_MAC_CTX *mac, int sealing) {
  int at = 0;
  if (!keys || keys->count < 1) return sealing ? -1 : 0;
  if (sealing) {
    memcpy(name, keys->keys[0], 16);
    if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1) return -1;
  } else {
    while (at < keys->count && CRYPTO_memcmp(name, keys->keys[at], 16) != 0) at++;
    if (at == keys->count) return 0;
  }
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, (void *)(keys->keys[at] + 16), 32),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"sha256", 0),
      OSSL_PARAM_construct_end(),
  };
  if (EVP_MAC_CTX_set_params(mac, params) != 1) return -1;
  if (EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, keys->keys[at] + 48, iv, sealing) != 1) return -1;
  return at == 0 ? 1 : 2;
}

/// TLS 1.2 replaces a ticket only when told to; ours carry times that shall stay fresh. TLS 1.3 makes none by itself.
static int tls_ticket_opened(SSL *ssl, SSL_SESSION *session, const unsigned char *name, size_t count, SSL_TICKET_STATUS status,
                             void *unused) {
  switch (status) {
    case SSL_TICKET_SUCCESS:
    case SSL_TICKET_SUCCESS_RENEW: return SSL_version(ssl) >= TLS1_3_VERSION ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
    case SSL_TICKET_EMPTY:
    case SSL_TICKET_NO_DECRYPT: return SSL_TICKET_RETURN_IGNORE_RENEW;
    default: return SSL_TICKET_RETURN_IGNORE;
  }
}

/// What the ticket of this connection's TLS session carries; NULL for nothing.
static inline const unsigned char *tls_ticket_tag(SSL *ssl, size_t *count) {
  SSL_SESSION *session = SSL_get_session(ssl);
  void *data = NULL;
  *count = 0;
  if (!session || SSL_SESSION_get0_ticket_appdata(session, &data, count) != 1 || *count == 0) return NULL;
  return (const unsigned char *)data;
}

static inline uint64_t tls_option_no_ticket(void) { return SSL_OP_NO_TICKET; }
static inline int tls_session_reused(const SSL *ssl) { return SSL_session_reused(ssl); }
#endif
