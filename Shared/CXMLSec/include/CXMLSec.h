#pragma once
#include <stddef.h>

// xmlsec's headers need definitions on the command line, which SwiftPM does not take from a package of the system. So only this target sees
// them, and Swift sees three functions. Nodes are those of libxml2.

/// Prepares the library; once, before everything else. Returns 0, or -1.
int dcmms_xmlsec_start(void);

/// How many bits the key of a certificate (DER) has; 0 if there is no certificate with a key of a kind that is known. `is_rsa` tells which kind.
unsigned int dcmms_xmlsec_key_bits(const unsigned char *certificate, size_t length, int *is_rsa);

/// Verifies a signature with the key of a certificate, and gives what was signed: the very octets that were digested, for `free`.
///
/// Accepted are RSA and ECDSA with SHA-256 or longer, one reference within the document, and the two transforms of SAML. Keys that the document brings
/// are not looked at. Returns 0, or -1.
int dcmms_xmlsec_verify(
    void *signature, const unsigned char *certificate, size_t length, unsigned char **octets, size_t *count
);
