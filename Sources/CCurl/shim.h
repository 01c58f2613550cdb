#ifndef FITECH_CCURL_H
#define FITECH_CCURL_H
// The door to libcurl: its header, and static inline faces for its variadic calls.
#define CURL_DISABLE_TYPECHECK 1
#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static inline CURLcode fitech_curl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

// Strings are copied by libcurl, except the body given as CURLOPT_POSTFIELDS; lists and contexts are not.
static inline CURLcode fitech_curl_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode fitech_curl_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode fitech_curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode fitech_curl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

typedef size_t (*fitech_curl_transfer)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode fitech_curl_set_transfer(CURL *easy, CURLoption option, fitech_curl_transfer function) {
    return curl_easy_setopt(easy, option, function);
}

typedef curl_socket_t (*fitech_curl_opener)(void *context, curlsocktype purpose, struct curl_sockaddr *address);

// Asked for every address before it is connected to; CURL_SOCKET_BAD refuses it.
static inline CURLcode fitech_curl_set_opener(CURL *easy, fitech_curl_opener function, void *context) {
    CURLcode result = curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
    return result != CURLE_OK ? result : curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, function);
}

// Writes the address in network order; its size, 0 for another family.
static inline int fitech_curl_address(const struct curl_sockaddr *address, unsigned char bytes[16]) {
    if (address->family == AF_INET) {
        memcpy(bytes, &((const struct sockaddr_in *)&address->addr)->sin_addr, 4);
        return 4;
    }
    if (address->family == AF_INET6) {
        memcpy(bytes, &((const struct sockaddr_in6 *)&address->addr)->sin6_addr, 16);
        return 16;
    }
    return 0;
}

static inline long fitech_curl_get_long(CURL *easy, CURLINFO what) {
    long value = 0;
    return curl_easy_getinfo(easy, what, &value) == CURLE_OK ? value : 0;
}

// The result inside a message is a union Swift cannot name.
static inline CURLcode fitech_curl_result(const CURLMsg *message) { return message->data.result; }
#endif
