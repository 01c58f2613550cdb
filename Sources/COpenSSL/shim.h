#ifndef FITECH_COPENSSL_H
#define FITECH_COPENSSL_H
// The door to OpenSSL 3: headers, and static inline faces for its function-like macros.
#include <openssl/ssl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <openssl/pem.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include "tls.h"
#include "certificates.h"
#endif
