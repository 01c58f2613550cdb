#ifndef FITECH_COPENSSL_CERTIFICATES_H
#define FITECH_COPENSSL_CERTIFICATES_H
// Which certificate a client is shown, and the OCSP staple that goes with it (RFC 6066 8).
#include <openssl/ocsp.h>
#include <openssl/ssl.h>
#include <string.h>
#include <time.h>

/// OCSP responses of the certificates of one context: at most one per kind of key.
typedef struct tls_staples {
  int count;
  struct {
    X509 *certificate;
    unsigned char *response;
    size_t length;
    /// Until when it may be shown, seconds since 1970.
    long until;
  } staples[2];
} tls_staples;

/// Staples the response of the certificate OpenSSL chose, while it is current; else nothing, which hurts nobody.
static int tls_staple(SSL *ssl, void *argument) {
  const tls_staples *staples = (const tls_staples *)argument;
  X509 *shown = SSL_get_certificate(ssl);
  for (int at = 0; staples && shown && at < staples->count; at++) {
    if (X509_cmp(staples->staples[at].certificate, shown) != 0) continue;
    if (staples->staples[at].until <= (long)time(NULL)) break;
    unsigned char *copy = (unsigned char *)OPENSSL_memdup(staples->staples[at].response, staples->staples[at].length);
    if (!copy) break;
    SSL_set_tlsext_status_ocsp_resp(ssl, copy, (long)staples->staples[at].length);
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

static inline void tls_serve_staples(SSL_CTX *context, tls_staples *staples) {
  SSL_CTX_set_tlsext_status_cb(context, tls_staple);
  SSL_CTX_set_tlsext_status_arg(context, staples);
}

/// Keeps copies of its own of the context's current certificate and of the response.
static inline int tls_add_staple(tls_staples *staples, SSL_CTX *context, const unsigned char *response, size_t length, long until) {
  X509 *certificate = SSL_CTX_get0_certificate(context);
  if (!certificate || staples->count >= 2) return 0;
  unsigned char *copy = (unsigned char *)OPENSSL_memdup(response, length);
  if (!copy) return 0;
  X509_up_ref(certificate);
  int at = staples->count++;
  staples->staples[at].certificate = certificate;
  staples->staples[at].response = copy;
  staples->staples[at].length = length;
  staples->staples[at].until = until;
  return 1;
}

static inline void tls_free_staples(tls_staples *staples) {
  for (int at = 0; at < staples->count; at++) {
    X509_free(staples->staples[at].certificate);
    OPENSSL_free(staples->staples[at].response);
  }
  staples->count = 0;
}

static inline void tls_choose_by_name(SSL_CTX *context, SSL_client_hello_cb_fn choose) { SSL_CTX_set_client_hello_cb(context, choose, NULL); }

/// The host name of the server_name extension (RFC 6066 3) of a ClientHello being read; 0 bytes when there is none.
static inline size_t tls_hello_name(SSL *ssl, const unsigned char **name) {
  const unsigned char *bytes;
  size_t length;
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &bytes, &length) != 1 || length < 5) return 0;
  size_t list = (size_t)bytes[0] << 8 | bytes[1], count = (size_t)bytes[3] << 8 | bytes[4];
  if (list + 2 != length || bytes[2] != TLSEXT_NAMETYPE_host_name || count + 5 > length || count > 255) return 0;
  *name = bytes + 5;
  return count;
}

static inline GENERAL_NAMES *tls_alternative_names(X509 *certificate) {
  return (GENERAL_NAMES *)X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}
static inline int tls_name_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }
/// The DNS name or the IP address (4 or 16 bytes) at `index`; 0 bytes for another kind.
static inline int tls_name_at(const GENERAL_NAMES *names, int index, const unsigned char **bytes, int *is_address) {
  const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
  if (name->type != GEN_DNS && name->type != GEN_IPADD) return 0;
  const ASN1_STRING *text = name->type == GEN_DNS ? (const ASN1_STRING *)name->d.dNSName : (const ASN1_STRING *)name->d.iPAddress;
  *is_address = name->type == GEN_IPADD;
  *bytes = ASN1_STRING_get0_data(text);
  return ASN1_STRING_length(text);
}
static inline void tls_names_free(GENERAL_NAMES *names) { GENERAL_NAMES_free(names); }

/// The first responder the certificate names (RFC 5280 4.2.2.1), copied into `into`; 0 when there is none.
static inline int tls_responder(X509 *certificate, char *into, size_t room) {
  STACK_OF(OPENSSL_STRING) *found = X509_get1_ocsp(certificate);
  int copied = 0;
  if (found && sk_OPENSSL_STRING_num(found) > 0) {
    const char *text = sk_OPENSSL_STRING_value(found, 0);
    if (strlen(text) < room) {
      strcpy(into, text);
      copied = 1;
    }
  }
  X509_email_free(found);
  return copied;
}
#endif
