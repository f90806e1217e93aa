/* Hashes, random bytes and their texts, by OpenSSL's EVP interface. */
#include "base/digest.h"

#include <limits.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"

static bool crypto_fault(struct fault *f, const char *what)
{
    return fault_set(f, FAULT_PROTOCOL, "The crypto library could not compute %s", what);
}

bool digest_sha256(struct span data, unsigned char out[SHA256_BYTES], struct fault *f)
{
    if (EVP_Digest(data.at, data.len, out, NULL, EVP_sha256(), NULL) != 1) {
        return crypto_fault(f, "SHA-256");
    }
    return true;
}

bool digest_sha256_hex(struct span data, char out[SHA256_HEX], struct fault *f)
{
    unsigned char bytes[SHA256_BYTES];

    if (!digest_sha256(data, bytes, f)) {
        return false;
    }
    digest_hex(bytes, sizeof(bytes), out);
    return true;
}

bool digest_sha1_hex(struct span data, char out[SHA1_HEX], struct fault *f)
{
    unsigned char bytes[20];

    if (EVP_Digest(data.at, data.len, bytes, NULL, EVP_sha1(), NULL) != 1) {
        return crypto_fault(f, "SHA-1");
    }
    digest_hex(bytes, sizeof(bytes), out);
    return true;
}

bool digest_hmac_sha256(struct span key, struct span data, unsigned char out[SHA256_BYTES],
                        struct fault *f)
{
    unsigned len = SHA256_BYTES;

    if (key.len > INT_MAX || HMAC(EVP_sha256(), key.at ? key.at : "", (int)key.len,
                                  (const unsigned char *)data.at, data.len, out, &len) == NULL) {
        return crypto_fault(f, "HMAC-SHA-256");
    }
    return true;
}

void digest_hex(const unsigned char *bytes, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * n] = '\0';
}

bool digest_random(void *out, size_t n, struct fault *f)
{
    if (n > INT_MAX || RAND_bytes(out, (int)n) != 1) {
        return crypto_fault(f, "random bytes");
    }
    return true;
}

bool digest_uuid(char out[UUID_TEXT], struct fault *f)
{
    unsigned char b[16];

    if (!digest_random(b, sizeof(b), f)) {
        return false;
    }
    b[6] = (unsigned char)((b[6] & 0x0F) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3F) | 0x80);
    snprintf(out, UUID_TEXT, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
             b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13],
             b[14], b[15]);
    return true;
}

static bool base64_with(struct span data, const char digits[64], bool is_padded, struct buf *out,
                        struct fault *f)
{
    for (size_t at = 0; at < data.len; at += 3) {
        size_t n = data.len - at < 3 ? data.len - at : 3;
        unsigned word = 0;
        char four[4];
        for (size_t i = 0; i < 3; i++) {
            word = word << 8 | (i < n ? (unsigned char)data.at[at + i] : 0);
        }
        for (size_t i = 0; i < 4; i++) {
            four[i] = i <= n ? digits[word >> (18 - 6 * i) & 63] : '=';
        }
        if (!buf_add(out, (struct span){ four, is_padded ? 4 : n + 1 }, f)) {
            return false;
        }
    }
    return true;
}

bool digest_base64(struct span data, struct buf *out, struct fault *f)
{
    return base64_with(data, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
                       true, out, f);
}

bool digest_base64url(struct span data, struct buf *out, struct fault *f)
{
    return base64_with(data, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
                       false, out, f);
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (ascii_is_digit(c)) {
        return c - '0' + 52;
    }
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

bool digest_base64_decode(struct span text, struct buf *out, struct fault *f)
{
    unsigned word = 0, bits = 0;

    while (text.len > 0 && text.at[text.len - 1] == '=') {
        text.len--;
    }
    for (size_t i = 0; i < text.len; i++) {
        int value = base64_value(text.at[i]);
        if (value < 0) {
            return fault_set(f, FAULT_PROTOCOL, "Not base64: byte %zu", i);
        }
        word = word << 6 | (unsigned)value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            if (!buf_add_byte(out, (char)(word >> bits & 0xFF), f)) {
                return false;
            }
        }
    }
    return true;
}

static EVP_PKEY *read_key(struct span pem)
{
    BIO *memory = pem.len > INT_MAX ? NULL : BIO_new_mem_buf(pem.at, (int)pem.len);
    EVP_PKEY *key = memory == NULL ? NULL : PEM_read_bio_PrivateKey(memory, NULL, NULL, NULL);

    BIO_free(memory);
    return key;
}

static bool coordinate(EVP_PKEY *key, const char *name, unsigned char out[32])
{
    BIGNUM *number = NULL;
    bool ok = EVP_PKEY_get_bn_param(key, name, &number) == 1 && BN_bn2binpad(number, out, 32) == 32;

    BN_free(number);
    return ok;
}

bool digest_es256_public(struct span pem, struct es256_proof *out, struct fault *f)
{
    EVP_PKEY *key = read_key(pem);
    bool ok = key != NULL && coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X, out->x)
              && coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y, out->y);

    EVP_PKEY_free(key);
    return ok ? true : crypto_fault(f, "the public half of an EC P-256 key");
}

/* OpenSSL signs to DER; the proof wants r and s, 32 bytes each. */
static bool raw_from_der(const unsigned char *der, size_t len, unsigned char out[64])
{
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)len);

    if (signature == NULL) {
        return false;
    }
    bool ok = BN_bn2binpad(ECDSA_SIG_get0_r(signature), out, 32) == 32
              && BN_bn2binpad(ECDSA_SIG_get0_s(signature), out + 32, 32) == 32;
    ECDSA_SIG_free(signature);
    return ok;
}

bool digest_es256_sign(struct span pem, struct span data, struct es256_proof *out, struct fault *f)
{
    EVP_PKEY *key = read_key(pem);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char der[160];
    size_t len = sizeof(der);
    bool ok = key != NULL && context != NULL
              && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1
              && EVP_DigestSign(context, der, &len, (const unsigned char *)data.at, data.len) == 1
              && raw_from_der(der, len, out->signature);

    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return ok ? true : crypto_fault(f, "an ES256 signature");
}
