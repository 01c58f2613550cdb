#ifndef FITECH_CFIDO2_H
#define FITECH_CFIDO2_H
// The door to libfido2: its headers, and one face for its three kinds of public keys. Only built with the trait PASSKEYS.
#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <openssl/evp.h>

static inline void fido_key_free(int algorithm, void *key) {
  switch (algorithm) {
    case COSE_ES256: { es256_pk_t *one = (es256_pk_t *)key; es256_pk_free(&one); break; }
    case COSE_EDDSA: { eddsa_pk_t *one = (eddsa_pk_t *)key; eddsa_pk_free(&one); break; }
    case COSE_RS256: { rs256_pk_t *one = (rs256_pk_t *)key; rs256_pk_free(&one); break; }
  }
}

/// A public key as `fido_cred_pubkey_ptr` gave it, for `fido_assert_verify`; NULL where the bytes are no key of the algorithm, which
/// includes a point that is not on its curve.
static inline void *fido_key_new(int algorithm, const unsigned char *bytes, size_t count) {
  void *key = NULL;
  EVP_PKEY *sound = NULL;
  switch (algorithm) {
    case COSE_ES256: {
      es256_pk_t *one = es256_pk_new();
      if (one && count == 64 && es256_pk_from_ptr(one, bytes, count) == FIDO_OK) sound = es256_pk_to_EVP_PKEY(one);
      key = one;
      break;
    }
    case COSE_EDDSA: {
      eddsa_pk_t *one = eddsa_pk_new();
      if (one && count == 32 && eddsa_pk_from_ptr(one, bytes, count) == FIDO_OK) sound = eddsa_pk_to_EVP_PKEY(one);
      key = one;
      break;
    }
    case COSE_RS256: {
      rs256_pk_t *one = rs256_pk_new();
      if (one && rs256_pk_from_ptr(one, bytes, count) == FIDO_OK) sound = rs256_pk_to_EVP_PKEY(one);
      key = one;
      break;
    }
  }
  if (!sound && key) {
    fido_key_free(algorithm, key);
    key = NULL;
  }
  EVP_PKEY_free(sound);
  return key;
}
#endif
