#pragma once
#include <curl/curl.h>

// curl_easy_setopt and curl_easy_getinfo are variadic, which Swift does not import.
static inline CURLcode dcmms_curl_set_text(CURL *curl, CURLoption option, const char *value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode dcmms_curl_set_long(CURL *curl, CURLoption option, long value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode dcmms_curl_set_list(CURL *curl, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(curl, option, value);
}

static inline CURLcode dcmms_curl_set_pointer(CURL *curl, CURLoption option, void *value) {
    return curl_easy_setopt(curl, option, value);
}

typedef size_t (*dcmms_curl_read)(char *buffer, size_t size, size_t count, void *context);

static inline CURLcode dcmms_curl_set_reader(CURL *curl, dcmms_curl_read reader) {
    return curl_easy_setopt(curl, CURLOPT_READFUNCTION, reader);
}

// The server's last answer; 0 when there was none.
static inline long dcmms_curl_response_code(CURL *curl) {
    long code = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    return code;
}

typedef size_t (*dcmms_curl_write)(char *buffer, size_t size, size_t count, void *context);

static inline CURLcode dcmms_curl_set_writer(CURL *curl, dcmms_curl_write writer) {
    return curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, writer);
}
