#include "CXMLSec.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <xmlsec/version.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/buffer.h>
#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/keys.h>
#include <xmlsec/keysdata.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/openssl/app.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/openssl/evp.h>

#if XMLSEC_VERSION_MAJOR != 1 || XMLSEC_VERSION_MINOR != 2
#error "another version of xmlsec has other definitions in its xmlsec1.pc: compare them with those in Package.swift"
#endif

int dcmms_xmlsec_start(void) {
    xmlInitParser();
    if (xmlSecInit() < 0 || xmlSecCheckVersion() != 1) return -1;
    // It writes to standard error, whatever a stranger sends.
    xmlSecErrorsDefaultCallbackEnableOutput(0);
    if (xmlSecOpenSSLAppInit(NULL) < 0 || xmlSecOpenSSLInit() < 0) return -1;
    return 0;
}

static xmlSecKeyPtr key_of(const unsigned char *certificate, size_t length) {
    if (length == 0 || length > INT_MAX) return NULL;
    return xmlSecOpenSSLAppKeyLoadMemory(
        certificate, (xmlSecSize)length, xmlSecKeyDataFormatCertDer, NULL, NULL, NULL
    );
}

unsigned int dcmms_xmlsec_key_bits(const unsigned char *certificate, size_t length, int *is_rsa) {
    xmlSecKeyPtr key = key_of(certificate, length);
    if (key == NULL) {
        ERR_clear_error();
        return 0;
    }
    unsigned int bits = 0;
    xmlSecKeyDataPtr value = xmlSecKeyGetValue(key);
    if (value != NULL) {
        *is_rsa = xmlSecKeyDataCheckId(value, xmlSecOpenSSLKeyDataRsaGetKlass());
        if (*is_rsa || xmlSecKeyDataCheckId(value, xmlSecOpenSSLKeyDataEcdsaGetKlass())) {
            // xmlsec says bits for one kind and bytes for the other.
            EVP_PKEY *pair = xmlSecOpenSSLEvpKeyDataGetEvp(value);
            int size = pair == NULL ? 0 : EVP_PKEY_bits(pair);
            bits = size > 0 ? (unsigned int)size : 0;
        }
    }
    xmlSecKeyDestroy(key);
    ERR_clear_error();
    return bits;
}

// What is not on a list is refused: SHA-1, shared secrets (HMAC), XPath, XSLT.
static int restrict_to_saml(xmlSecDSigCtxPtr context) {
    xmlSecTransformId digests[] = {
        xmlSecOpenSSLTransformSha256GetKlass(), xmlSecOpenSSLTransformSha384GetKlass(), xmlSecOpenSSLTransformSha512GetKlass(),
    };
    xmlSecTransformId methods[] = {
        xmlSecTransformExclC14NGetKlass(), xmlSecTransformInclC14NGetKlass(),
        xmlSecOpenSSLTransformRsaSha256GetKlass(), xmlSecOpenSSLTransformRsaSha384GetKlass(), xmlSecOpenSSLTransformRsaSha512GetKlass(),
        xmlSecOpenSSLTransformEcdsaSha256GetKlass(), xmlSecOpenSSLTransformEcdsaSha384GetKlass(),
        xmlSecOpenSSLTransformEcdsaSha512GetKlass(),
    };
    xmlSecTransformId transforms[] = { xmlSecTransformEnvelopedGetKlass(), xmlSecTransformExclC14NGetKlass() };
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (xmlSecDSigCtxEnableSignatureTransform(context, methods[i]) < 0) return -1;
    for (size_t i = 0; i < sizeof(transforms) / sizeof(transforms[0]); i++)
        if (xmlSecDSigCtxEnableReferenceTransform(context, transforms[i]) < 0) return -1;
    for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++)
        if (xmlSecDSigCtxEnableReferenceTransform(context, digests[i]) < 0) return -1;
    context->enabledReferenceUris = xmlSecTransformUriTypeSameDocument;
    context->flags = XMLSEC_DSIG_FLAGS_IGNORE_MANIFESTS | XMLSEC_DSIG_FLAGS_STORE_SIGNEDINFO_REFERENCES;
    return 0;
}

static int copy_signed(xmlSecDSigCtxPtr context, unsigned char **octets, size_t *count) {
    if (xmlSecPtrListGetSize(&context->signedInfoReferences) != 1) return -1;
    xmlSecDSigReferenceCtxPtr reference = xmlSecPtrListGetItem(&context->signedInfoReferences, 0);
    if (reference == NULL || reference->status != xmlSecDSigStatusSucceeded) return -1;
    xmlSecBufferPtr buffer = xmlSecDSigReferenceCtxGetPreDigestBuffer(reference);
    if (buffer == NULL || xmlSecBufferGetData(buffer) == NULL) return -1;
    size_t size = xmlSecBufferGetSize(buffer);
    unsigned char *copy = malloc(size + 1);
    if (copy == NULL) return -1;
    memcpy(copy, xmlSecBufferGetData(buffer), size);
    *octets = copy;
    *count = size;
    return 0;
}

int dcmms_xmlsec_verify(
    void *signature, const unsigned char *certificate, size_t length, unsigned char **octets, size_t *count
) {
    int result = -1;
    xmlSecDSigCtxPtr context = xmlSecDSigCtxCreate(NULL);
    if (context == NULL) return -1;
    // With a key given, none is looked for in the document. The context frees it.
    context->signKey = key_of(certificate, length);
    if (context->signKey != NULL && restrict_to_saml(context) == 0 && xmlSecDSigCtxVerify(context, signature) == 0
        && context->status == xmlSecDSigStatusSucceeded)
        result = copy_signed(context, octets, count);
    xmlSecDSigCtxDestroy(context);
    // What was wrong here must not be taken for what is wrong with a connection that this thread serves next.
    ERR_clear_error();
    return result;
}
