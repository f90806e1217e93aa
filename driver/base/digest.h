/* Hashes, keyed hashes, random bytes, and their texts. OpenSSL stays behind this header. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/buf.h"

enum { SHA256_BYTES = 32, SHA256_HEX = 65, SHA1_HEX = 41, UUID_TEXT = 37 };

/* Each returns false only when the crypto library fails. */
MUST_USE bool digest_sha256(struct span data, unsigned char out[SHA256_BYTES], struct fault *f);
MUST_USE bool digest_sha256_hex(struct span data, char out[SHA256_HEX], struct fault *f);
MUST_USE bool digest_sha1_hex(struct span data, char out[SHA1_HEX], struct fault *f);
MUST_USE bool digest_hmac_sha256(struct span key, struct span data, unsigned char out[SHA256_BYTES],
                                 struct fault *f);
/* Lower-case hex with a terminator: out has 2*n+1 bytes. */
void digest_hex(const unsigned char *bytes, size_t n, char *out);
MUST_USE bool digest_random(void *out, size_t n, struct fault *f);
/* Version 4, lower case, terminated. */
MUST_USE bool digest_uuid(char out[UUID_TEXT], struct fault *f);
/* Appends. */
MUST_USE bool digest_base64(struct span data, struct buf *out, struct fault *f);
MUST_USE bool digest_base64_decode(struct span text, struct buf *out, struct fault *f);
MUST_USE bool digest_base64url(struct span data, struct buf *out, struct fault *f);
/* ES256 over data with a PEM P-256 private key: the raw r||s, 64 bytes, and the key's public x and
   y. For the DPoP proof. */
struct es256_proof {
    unsigned char signature[64], x[32], y[32];
};
MUST_USE bool digest_es256_public(struct span pem, struct es256_proof *out, struct fault *f);
MUST_USE bool digest_es256_sign(struct span pem, struct span data, struct es256_proof *out,
                                struct fault *f);

#endif
